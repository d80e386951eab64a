import Film
import Foundation
import Testing

@Suite struct `A work key` {
    private static func shot(_ members: String) throws -> String {
        let scratch = try Scratch()
        try scratch.writePicture("one.png", shade: 10)
        try scratch.writePicture("two.png", shade: 20)
        let path = try scratch.write("title: T\nmodel: \"pixverse:1@6\"\n" + members, to: "film.yaml")
        let production = try Production(.forTest(path, in: scratch))
        var planner = Planner(production, journal: JournalSnapshot(), store: [:])
        _ = try planner.plan()
        return try #require(planner.keys["shot:a"]?.digest)
    }

    private static let base = "shots: [{id: a, prompt: A hill, seed: 1}]"

    /// Every field that must count: flipping any of them must give another key.
    @Test(arguments: [
        "shots: [{id: a, prompt: A hall, seed: 1}]",
        "shots: [{id: a, prompt: A hill, seed: 2}]",
        "shots: [{id: a, prompt: A hill}]",
        "shots: [{id: a, prompt: A hill, seed: 1, negative: fog}]",
        "shots: [{id: a, prompt: A hill, seed: 1, duration: 8}]",
        "shots: [{id: a, prompt: A hill, seed: 1, style: anime}]",
        "shots: [{id: a, prompt: A hill, seed: 1, audio: true}]",
        "shots: [{id: a, prompt: A hill, seed: 1, multiClip: true}]",
        "shots: [{id: a, prompt: A hill, seed: 1, thinking: enabled}]",
        "shots: [{id: a, prompt: A hill, seed: 1, firstImage: one.png}]",
        "shots: [{id: a, prompt: A hill, seed: 1, firstImage: two.png}]",
        "shots: [{id: a, prompt: A hill, seed: 1, lastImage: one.png}]",
        "shots: [{id: a, prompt: A hill, seed: 1, lastImage: two.png}]",
        "defaults: {quality: 80, duration: 5}\n\(base)",
        "defaults: {size: 640x360, duration: 5}\n\(base)",
        "defaults: {aspect: \"4:3\", duration: 5}\n\(base)",
    ])
    func `of a shot changes with every field that counts`(_ changed: String) throws {
        func full(_ members: String) -> String {
            members.contains("duration") ? members : "defaults: {duration: 5}\n" + members
        }
        #expect(try Self.shot(full(changed)) != Self.shot(full(Self.base)))
    }

    @Test func `of shots tells all those apart`() throws {
        let variants = [
            "lastImage: one.png", "firstImage: one.png", "firstImage: two.png", "style: anime", "style: clay",
            "audio: true", "audio: false", "multiClip: true", "thinking: auto", "thinking: disabled",
        ]
        let keys = try variants.map {
            try Self.shot("defaults: {duration: 5}\nshots: [{id: a, prompt: A hill, \($0)}]")
        }
        #expect(Set(keys).count == variants.count)
    }

    @Test func `of a shot does not change with what cannot change the clip`() throws {
        let key = try Self.shot("defaults: {duration: 5}\n\(Self.base)")
        for same in [
            "# a comment\ndefaults:\n  duration: 5.0   # seconds\n\(Self.base)",
            "defaults: {duration: 5, aspect: \"16:9\", resolution: 720p}\n\(Self.base)",
            "defaults: {size: 1280x720, duration: 5}\n\(Self.base)",
            "shots: [{seed: 1, duration: 5, prompt: \"A hill\", id: a}]\nfilm: {deliver: [webm-vp9], thumbnails: false}",
            "defaults: {duration: 5}\nshots: [{id: a, prompt: A hill, seed: 1}, {id: z, prompt: More}]",
        ] {
            #expect(try Self.shot(same) == key, "\(same)")
        }
    }

    @Test func `of a shot is another for another provider and another take`() throws {
        let request = try JSONDocument(parsing: #"{"positivePrompt":"A hill"}"#)
        let keys = [
            try WorkKey.shot(generator: "sandbox", request: request, take: 1),
            try WorkKey.shot(generator: "runware", request: request, take: 1),
            try WorkKey.shot(generator: "sandbox", request: request, take: 2),
        ]
        #expect(Set(keys.map(\.digest)).count == 3)
    }

    @Test func `of a media step changes with each of its parts`() throws {
        let (one, two) = (JSONDocument.string("1"), JSONDocument.string("2"))
        let segments = [
            try WorkKey.segment(clip: "c", frames: 9, preset: one, format: one, engine: "e"),
            try WorkKey.segment(clip: "d", frames: 9, preset: one, format: one, engine: "e"),
            try WorkKey.segment(clip: "c", frames: 8, preset: one, format: one, engine: "e"),
            try WorkKey.segment(clip: "c", frames: 9, preset: two, format: one, engine: "e"),
            try WorkKey.segment(clip: "c", frames: 9, preset: one, format: two, engine: "e"),
            try WorkKey.segment(clip: "c", frames: 9, preset: one, format: one, engine: "f"),
            try WorkKey.segment(clip: "c", frames: 9, from: 2, preset: one, format: one, engine: "e"),
        ]
        #expect(Set(segments.map(\.digest)).count == segments.count)
        func blend(
            _ before: String = "a", _ out: Range<Int> = 5..<9, _ after: String = "b",
            _ into: Range<Int> = 0..<4, _ join: JSONDocument = .null, _ preset: JSONDocument = .null,
            _ format: JSONDocument = .null, _ engine: String = "e"
        ) throws -> String {
            try WorkKey.blend(
                before: (before, out), after: (after, into), join: join, preset: preset, format: format,
                engine: engine
            ).digest
        }
        let blends = [
            try blend(), try blend("b", 5..<9, "a"), try blend("a", 4..<8), try blend("a", 5..<8),
            try blend("a", 5..<9, "b", 0..<5), try blend("a", 5..<9, "b", 0..<4, one),
            try blend("a", 5..<9, "b", 0..<4, .null, one),
            try blend("a", 5..<9, "b", 0..<4, .null, .null, one),
            try blend("a", 5..<9, "b", 0..<4, .null, .null, .null, "f"),
        ]
        #expect(Set(blends).count == blends.count)
        func film(
            _ segments: [String] = ["a", "b"], _ sound: JSONDocument = .null, _ preset: JSONDocument = .null,
            _ format: JSONDocument = .null, _ title: String = "t", _ engine: String = "e",
            _ manifest: String = "m", _ mix: JSONDocument? = nil
        ) throws -> String {
            try WorkKey.film(
                segments: segments, sound: sound, preset: preset, format: format, title: title,
                engine: engine, manifest: manifest, mix: mix
            ).digest
        }
        let films = [
            try film(), try film(["b", "a"]), try film(["a", "b"], one), try film(["a", "b"], .null, one),
            try film(["a", "b"], .null, .null, one), try film(["a", "b"], .null, .null, .null, "u"),
            try film(["a", "b"], .null, .null, .null, "t", "f"),
            try film(["a", "b"], .null, .null, .null, "t", "e", "n"),
            try film(["a", "b"], .null, .null, .null, "t", "e", "m", one),
        ]
        #expect(Set(films).count == films.count)
        func seam(
            _ before: String = "b", _ after: String = "a", _ chained: Bool = true, _ dropped: Int = 1,
            _ version: Int = 1, _ engine: String = "e"
        ) throws -> WorkKey {
            try WorkKey.seam(
                before: before, after: after, isChained: chained, dropped: dropped, version: version,
                engine: engine)
        }
        let rest = [
            try WorkKey.frame(clip: "c", width: 2, height: 2),
            try WorkKey.frame(clip: "d", width: 2, height: 2),
            try WorkKey.frame(clip: "c", width: 4, height: 2),
            try WorkKey.frame(clip: "c", width: 2, height: 4),
            try WorkKey.thumbnails(film: "c", engine: "e"), try WorkKey.thumbnails(film: "d", engine: "e"),
            try WorkKey.thumbnails(film: "c", engine: "f"),
            try seam(), try seam("x"), try seam("b", "x"), try seam("b", "a", false),
            try seam("b", "a", true, 0), try seam("b", "a", true, 1, 2), try seam("b", "a", true, 1, 1, "f"),
            try WorkKey.seamSheet(seams: ["a", "b"], engine: "e"),
            try WorkKey.seamSheet(seams: ["b", "a"], engine: "e"),
            try WorkKey.seamSheet(seams: ["a", "b"], engine: "f"),
        ]
        #expect(Set(rest.map(\.digest)).count == rest.count)
    }

    /// If this fails, every film in the world is rendered anew: raise `WorkKey.version` only on purpose.
    @Test func `is stable from version to version`() throws {
        let key = try WorkKey.frame(clip: "abc", width: 640, height: 360)
        #expect(key.document.canonical == #"{"clip":"abc","height":360,"key":1,"step":"frame","width":640}"#)
        #expect(key.digest == "e2076f0bcedee812547bd36b4d908d56d0c7b3cefa90ad98b3cec2e3c3112957")
    }

    @Test(arguments: [
        (#"{"b":1,"a":[true,null,"x"]}"#, #"{"a":[true,null,"x"],"b":1}"#),
        (#"{"a": 5.0, "b": 0.5, "c": -3}"#, #"{"a":5,"b":0.5,"c":-3}"#),
        (#"{"é":"\u00e9\n\"\\","A":"/"}"#, #"{"A":"/","é":"é\n\"\\"}"#),
    ])
    func `document has one canonical text`(source: String, canonical: String) throws {
        let document = try JSONDocument(parsing: source)
        #expect(document.canonical == canonical)
        #expect(try JSONDocument(parsing: document.canonical) == document)
    }
}
