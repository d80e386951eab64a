import Film
import Foundation
import Media
import Montage
import Testing

@Suite struct `A storyboard` {
    @Test func `with the least it needs has the documented defaults`() throws {
        let film = try Storyboard.parse(
            """
            title: Tiny
            model: "pixverse:1@6"
            shots:
              - {id: a, prompt: A hill}
              - {id: b, prompt: A lake}
            """, path: "/films/tiny.yaml")
        #expect(film.name == "tiny")
        #expect(film.folder == "/films")
        #expect(film.size == .named(resolution: "720p", aspect: "16:9"))
        #expect(film.film.deliver == ["mp4-social", "webm-vp9", "mov-prores"])
        #expect(film.film.thumbnails)
        #expect(film.film.rate == nil)
        #expect(film.shots.map(\.isChained) == [false, true])
        #expect(film.shots.map(\.takes) == [1, 1])
        #expect(film.shots[0].duration == nil)
    }

    @Test func `gives its defaults to shots that say nothing themselves`() throws {
        let film = try Storyboard.parse(
            """
            title: T
            model: m
            defaults: {size: 640x360, duration: 5, style: anime, audio: true, multiClip: true,
                       thinking: enabled, negative: text, quality: 80}
            shots:
              - {id: a, prompt: A hill}
              - {id: b, prompt: A lake, duration: 8, style: clay, audio: false, multiClip: false,
                 thinking: disabled, negative: fog, seed: 7, takes: 2, start: fresh}
            """, path: "t.yaml")
        let (a, b) = (film.shots[0], film.shots[1])
        #expect(film.size == .pixels(width: 640, height: 360))
        #expect(film.quality == 80)
        #expect(a.duration == 5 && a.style == "anime" && a.audio == true && a.multiClip == true)
        #expect(a.thinking == "enabled" && a.negative == "text" && a.seed == nil)
        #expect(b.duration == 8 && b.style == "clay" && b.audio == false && b.multiClip == false)
        #expect(b.thinking == "disabled" && b.negative == "fog" && b.seed == 7 && b.takes == 2)
        #expect(!b.isChained)
    }

    @Test func `says how shots join, what they are called and how the film sounds`() throws {
        let scratch = try Scratch()
        try scratch.write("music", to: "music.wav")
        let path = try scratch.write(
            """
            title: T
            model: m
            shots:
              - {id: a, prompt: A hill, title: "The hill"}
              - {id: b, prompt: A lake, join: match}
              - {id: c, prompt: A lake, join: cut}
              - {id: d, prompt: A lake, start: fresh, join: {dissolve: 12}}
              - {id: e, prompt: A lake, start: fresh, join: {fade: 12}}
              - {id: f, prompt: A lake, start: fresh, join: {fade: 9, colour: white}}
            film:
              sound:
                loudness: {integrated: -14}
                music: {file: music.wav, gain: -9.5, duck: {by: 12, release: 1}, fadeOut: 2, loop: true}
            """, to: "film.yaml")
        let film = try Storyboard.load(path: path)
        #expect(
            film.shots.map(\.join) == [
                nil, .match, .cut, .dissolve(frames: 12), .fade(frames: 12, colour: .black),
                .fade(frames: 9, colour: .white),
            ])
        #expect(film.shots.map(\.title) == ["The hill", nil, nil, nil, nil, nil])
        let sound = try #require(film.film.sound)
        #expect(sound.loudness == LoudnessTarget(integrated: -14, truePeak: -1))
        let music = try #require(sound.music)
        #expect(music.file.hasSuffix("/music.wav") && music.file.hasPrefix("/"))
        #expect(music.gain == -9.5 && music.fadeIn == 0 && music.fadeOut == 2 && music.loop)
        #expect(music.duck == Ducking(by: 12, attack: 0.15, release: 1))
    }

    @Test(arguments: [
        ("24", Rational(24, 1)), ("24000/1001", Rational(24000, 1001)), ("25.0", Rational(25, 1)),
    ])
    func `understands frame rates`(text: String, rate: Rational) throws {
        let film = try Storyboard.parse(
            "title: T\nmodel: m\nshots: [{id: a, prompt: A hill}]\nfilm: {rate: \(text)}", path: "t.yaml")
        #expect(film.film.rate == rate)
    }

    @Test(arguments: [("7.50", "7.5"), ("10", "10"), ("0", "0")])
    func `has a budget, to the cent`(text: String, dollars: String) throws {
        let film = try Storyboard.parse(
            "title: T\nmodel: m\nbudget: \(text)\nshots: [{id: a, prompt: A hill}]", path: "t.yaml")
        #expect(film.budget == Decimal(string: dollars))
    }

    @Test(
        arguments: [
            ("as-is", nil), ("match-colour", 48), ("{match-colour: 96}", 96), ("{match-colour: clip}", 1200),
        ] as [(String, Int?)])
    func `says what is done to colours at seams`(text: String, frames: Int?) throws {
        let film = try Storyboard.parse(
            "title: T\nmodel: m\nshots: [{id: a, prompt: A hill}]\nfilm: {seams: \(text)}", path: "t.yaml")
        #expect(film.film.matchColour == frames)
    }

    @Test func `with a first image begins afresh without being told`() throws {
        let scratch = try Scratch()
        try scratch.writePicture("a.png", shade: 10)
        let path = try scratch.write(
            """
            title: T
            model: m
            shots:
              - {id: a, prompt: A hill}
              - {id: b, prompt: A lake, firstImage: a.png}
              - {id: c, prompt: A sea, lastImage: a.png}
            """, to: "film.yaml")
        let film = try Storyboard.load(path: path)
        #expect(film.shots.map(\.isChained) == [false, false, true])
        #expect(film.shots[1].firstImage?.hasSuffix("/a.png") == true)
        #expect(film.shots[2].lastImage == film.shots[1].firstImage)
    }

    @Test func `is the same with other comments and another order of keys`() throws {
        let one = try Storyboard.parse(
            "title: T\nmodel: m\nshots:\n  - id: a\n    prompt: A hill\n    seed: 3\n", path: "t.yaml")
        let two = try Storyboard.parse(
            "model: m # which\ntitle: 'T'\nshots:\n  - seed: 3\n    prompt: \"A hill\"\n    id: a\n",
            path: "t.yaml")
        #expect(one == two)
    }

    @Test(arguments: ["lighthouse", "two-chains", "pictures"])
    func `of the samples can be planned`(name: String) throws {
        let scratch = try Scratch()
        var settings = try FilmSettings.forTest(Checkout.root + "/samples/\(name).yaml", in: scratch)
        settings.stateDirectory = scratch.path + "/.reel"
        let plan = try Film.plan(settings)
        #expect(plan.totals.cached == 0)
        #expect(plan.totals.willCost >= 2)
        #expect(plan.totals.unpriced == 0)
        #expect(!FileManager.default.fileExists(atPath: settings.stateDirectory), "a plan writes nothing")
    }
}
