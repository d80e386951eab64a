import Foundation
import Media
import Montage

extension Production {
    /// How a shot joins to the one before it; nil for the first, and behind the last.
    func join(before index: Int) -> ShotJoin? {
        guard index > 0, index < storyboard.shots.count else { return nil }
        let shot = storyboard.shots[index]
        return shot.join ?? (shot.isChained ? .match : .cut)
    }

    /// A shot's part in the film, by the length of its clip at the film's rate.
    func part(_ index: Int, frames: Int) -> CutPart {
        CutPart(frames: frames, join: join(before: index), next: join(before: index + 1))
    }

    /// The same by the clip, and by the seam after it where that has been measured.
    func part(_ index: Int, clip: ClipFacts, rate: Rational, seam: Montage.SeamReport?) -> CutPart {
        var part = part(index, frames: clip.frames(at: rate))
        if let seam { part.twins = Self.frames(seam.droppedFrames, of: clip, at: rate) }
        return part
    }

    /// What is done to the colours of a shot's first frames, by the seam before it; nil for nothing. It ends with
    /// what is the shot's own: frames that are made of two shots are left as they are.
    func match(_ part: CutPart, clip: ClipFacts, rate: Rational, seam: Montage.SeamReport?) -> ColourMatch? {
        guard part.join == .match, var match = seam?.match else { return nil }
        match.frames = min(Self.frames(match.frames, of: clip, at: rate), part.own.count)
        return match
    }

    /// So many of a clip's frames at the film's rate; at least one where there are any.
    private static func frames(_ count: Int, of clip: ClipFacts, at rate: Rational) -> Int {
        guard count > 0, clip.rate.value > 0, plain(clip.rate) != rate else { return count }
        return max(1, Int((Double(count) / clip.rate.value * rate.value).rounded()))
    }

    /// The error for a shot that its joins leave no frame of.
    func tooShort(_ index: Int, _ part: CutPart, about: Bool = false) -> FilmError {
        let shot = storyboard.shots[index]
        let taken = part.head + part.tail + (part.frames - part.end)
        return FilmError(
            .storyboardInvalid,
            "shot \(shot.id): its joins take \(taken) frames of it, and it has \(about ? "about " : "")"
                + "\(part.frames)", subject: "\(storyboard.path):\(shot.line)",
            hint: "make the joins shorter or the shot longer: one frame must be left to it")
    }

    /// Joins that are longer than their shots are known before anything is bought, where the length of a shot
    /// and the film's rate are.
    func checkJoins() throws {
        guard let rate = storyboard.film.rate ?? size.rate else { return }
        for (index, shot) in storyboard.shots.enumerated() {
            guard part(index, frames: 0).head + part(index, frames: 0).tail > 0 else { continue }
            guard let seconds = try seconds(of: shot) else { continue }
            let frames = Int((seconds * rate.value).rounded())
            let part = part(index, frames: frames)
            guard part.isLongEnough else { throw tooShort(index, part, about: true) }
        }
    }

    /// The music's digest, once it is clear that there is sound in it. Blocks.
    static func digest(ofMusic storyboard: Storyboard) throws -> String? {
        guard let file = storyboard.film.sound?.music?.file else { return nil }
        do {
            try MusicUnder.check(file, interrupt: Interrupt())
            return try SHA256.hex(ofFile: file, interrupt: Interrupt())
        } catch {
            throw FilmError(
                .fileInvalid, "film.sound.music.file: \(FilmError.message(of: error))",
                subject: storyboard.path, hint: "name a file with music in it: WAV, FLAC, MP3, M4A, Ogg",
                underlying: error)
        }
    }

    /// Loudness and music as they enter keys and the manifest: the music by its digest, wherever it lies.
    static func mix(_ sound: FilmSound?, musicDigest: String?) throws -> JSONDocument? {
        guard let sound else { return nil }
        var document = try JSONDocument(encoding: sound)
        if case .object(var members) = document, case .object(var music)? = members["music"] {
            music["file"] = .string("sha256:" + (musicDigest ?? ""))
            members["music"] = .object(music)
            document = .object(members)
        }
        return document
    }

    /// Throws where the music is no more the one that the film's key names: hours may have passed.
    func checkMusic(interrupt: Interrupt) throws {
        guard let file = storyboard.film.sound?.music?.file else { return }
        guard try SHA256.hex(ofFile: file, interrupt: interrupt) == musicDigest else {
            throw FilmError(
                .fileInvalid, "has changed while the film was being made", subject: file,
                hint: "run again: the plan is made anew")
        }
    }
}
