import Foundation
import Montage

/// What a storyboard says of joins, titles and the film's sound.
extension StoryboardReader {
    static let joinKeys = ["dissolve", "fade", "colour"]
    static let soundKeys = ["loudness", "music"]
    static let loudnessKeys = ["integrated", "truePeak"]
    static let musicKeys = ["file", "gain", "duck", "fadeIn", "fadeOut", "loop"]
    static let duckKeys = ["by", "attack", "release"]

    /// `match`, `cut`, `{dissolve: 12}`, `{fade: 12, colour: black}`.
    func join(_ cursor: YAMLCursor, isFirst: Bool, isChained: Bool) throws(FilmError) -> ShotJoin {
        guard !isFirst else {
            throw cursor.error(
                "there is no shot before the first to join to", hint: "say it of the second shot")
        }
        guard cursor.isMapping else {
            guard try cursor.word(["match", "cut"]) == "match" else { return .cut }
            guard isChained else {
                throw cursor.error(
                    "this shot does not begin on the last frame of the one before, so there is nothing to match",
                    hint: "say `start: previous`, or `join: cut`")
            }
            return .match
        }
        let keys = try cursor.entries(known: Self.joinKeys)
        let most = Int64(ShotJoin.longest)
        switch (keys["dissolve"], keys["fade"]) {
        case (let frames?, nil):
            if let colour = keys["colour"] {
                throw colour.error("a dissolve goes through no colour", hint: "say `fade` for that")
            }
            return .dissolve(frames: Int(try frames.int(1...most)))
        case (nil, let frames?):
            let word = try keys["colour"]?.word(ShotJoin.FadeColour.allCases.map(\.rawValue)) ?? "black"
            return .fade(
                frames: Int(try frames.int(2...most)), colour: ShotJoin.FadeColour(rawValue: word) ?? .black)
        default:
            throw cursor.error(
                "expected either `dissolve` or `fade`",
                hint: "{dissolve: 12}, {fade: 12, colour: black}, match or cut")
        }
    }

    /// `as-is`, `match-colour`, `{match-colour: 96}`, `{match-colour: clip}`: frames of correction, nil for none.
    func seams(_ cursor: YAMLCursor) throws(FilmError) -> Int? {
        guard cursor.isMapping else {
            return try cursor.word(["as-is", "match-colour"]) == "match-colour" ? Self.usualReach : nil
        }
        let keys = try cursor.entries(known: ["match-colour"])
        guard let reach = keys["match-colour"] else {
            throw cursor.error("`match-colour` is missing", hint: "match-colour, or {match-colour: 96}")
        }
        if try reach.rawText("a number of frames, or clip") == "clip" { return ColourMatch.longest }
        return Int(try reach.int(1...Int64(ColourMatch.longest)))
    }

    /// Frames; two seconds, over which no change of light is seen as one.
    static let usualReach = 48

    /// The name of a chapter.
    func title(_ cursor: YAMLCursor) throws(FilmError) -> String {
        let text = try cursor.text()
        guard !text.allSatisfy(\.isWhitespace), text.count <= 200, !text.contains(where: \.isNewline) else {
            throw cursor.error("is empty, longer than 200 characters or has several lines")
        }
        return text
    }

    func sound(_ cursor: YAMLCursor) throws(FilmError) -> FilmSound {
        let keys = try cursor.entries(known: Self.soundKeys)
        var sound = FilmSound()
        if let loudness = keys["loudness"] {
            let own = try loudness.entries(known: Self.loudnessKeys)
            guard let integrated = own["integrated"] else {
                throw loudness.error("`integrated` is missing", hint: "in LUFS, such as -14")
            }
            sound.loudness = LoudnessTarget(
                integrated: try integrated.number(-50 ... -5, "LUFS"),
                truePeak: try own["truePeak"]?.number(-20...0, "dBTP") ?? -1)
        }
        if let music = keys["music"] { sound.music = try self.music(music) }
        return sound
    }

    private func music(_ cursor: YAMLCursor) throws(FilmError) -> MusicUnder {
        let keys = try cursor.entries(known: Self.musicKeys)
        guard let file = keys["file"] else { throw cursor.error("`file` is missing") }
        var music = MusicUnder(file: try images.resolve(file, kind: "music file"))
        music.gain = try keys["gain"]?.number(-60...20, "dB") ?? 0
        music.fadeIn = try keys["fadeIn"]?.number(0...60, "seconds") ?? 0
        music.fadeOut = try keys["fadeOut"]?.number(0...60, "seconds") ?? 0
        music.loop = try keys["loop"]?.bool() ?? false
        if let duck = keys["duck"] {
            let own = try duck.entries(known: Self.duckKeys)
            guard let by = own["by"] else { throw duck.error("`by` is missing", hint: "in dB, such as 12") }
            var ducking = Ducking(by: try by.number(0...60, "dB"))
            if let attack = own["attack"] { ducking.attack = try attack.number(0.001...10, "seconds") }
            if let release = own["release"] { ducking.release = try release.number(0.001...30, "seconds") }
            music.duck = ducking
        }
        return music
    }
}
