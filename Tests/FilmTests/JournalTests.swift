import Film
import Foundation
import Testing

@Suite struct `The journal` {
    private func take(_ uuid: String = "u-1", key: String = "k") -> Take {
        Take(
            taskUUID: uuid, workKey: key, generator: "sandbox", storyboard: "film", shot: "a", number: 1,
            request: "{}", reserved: Decimal(string: "0.4715"))
    }

    @Test func `commits with a write-ahead log and a full flush`() throws {
        let scratch = try Scratch()
        let durability = try Journal(path: scratch.path + "/j.sqlite").durability()
        #expect(durability.mode == "wal")
        #expect(durability.synchronous == 2)
    }

    @Test func `keeps money exact and everything else across a reopening`() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/j.sqlite"
        do {
            let journal = try Journal(path: path)
            try journal.intend(take())
            try journal.advance("u-1", to: .sent)
            try journal.advance("u-1", to: .finished) {
                $0.cost = Decimal(string: "0.123456789012345678")
                $0.seed = 4_294_967_295
                $0.url = "http://127.0.0.1/clip.mp4"
                $0.videoUUID = "v"
            }
        }
        let known = try #require(try Journal(path: path).takes(workKey: "k").first)
        #expect(known.state == .finished)
        #expect(known.reserved == Decimal(string: "0.4715"))
        #expect(known.cost == Decimal(string: "0.123456789012345678"))
        #expect(known.seed == 4_294_967_295)
        #expect(known.url == "http://127.0.0.1/clip.mp4")
        #expect(known.videoUUID == "v")
    }

    @Test func `lets a take live only forwards`() {
        let allowed: [TakeState: Set<TakeState>] = [
            .intended: [.sent, .accepted, .outstanding, .finished, .refused, .failed],
            .sent: [.sent, .accepted, .outstanding, .finished, .refused, .failed],
            .accepted: [.sent, .accepted, .outstanding, .finished, .refused, .failed],
            .outstanding: [.sent, .accepted, .outstanding, .finished, .refused, .failed],
            .finished: [.finished, .stored, .failed], .stored: [], .refused: [], .failed: [],
        ]
        for state in TakeState.allCases {
            for next in TakeState.allCases {
                #expect(state.mayBecome(next) == allowed[state]?.contains(next), "\(state) to \(next)")
            }
        }
    }

    @Test func `refuses an impossible move and changes nothing`() throws {
        let scratch = try Scratch()
        let journal = try Journal(path: scratch.path + "/j.sqlite")
        try journal.intend(take())
        try journal.advance("u-1", to: .refused) { $0.errorCode = "invalidApiKey" }
        #expect(throws: FilmError.self) { try journal.advance("u-1", to: .finished) { $0.cost = 1 } }
        let known = try #require(try journal.takes(workKey: "k").first)
        #expect(known.state == .refused && known.cost == nil && known.errorCode == "invalidApiKey")
        #expect(throws: FilmError.self) { try journal.advance("nobody", to: .sent) }
    }

    @Test func `never holds the same task twice`() throws {
        let scratch = try Scratch()
        let journal = try Journal(path: scratch.path + "/j.sqlite")
        try journal.intend(take())
        #expect(throws: FilmError.self) { try journal.intend(take()) }
        #expect(try journal.takes(workKey: "k").count == 1)
    }

    @Test func `knows what must be asked for`() throws {
        let scratch = try Scratch()
        let journal = try Journal(path: scratch.path + "/j.sqlite")
        for (uuid, states) in [
            ("intended", []), ("sent", [.sent]), ("outstanding", [.sent, .outstanding]),
            ("finished", [.sent, .finished]), ("refused", [.refused]), ("failed", [.sent, .failed]),
        ] as [(String, [TakeState])] {
            try journal.intend(take(uuid, key: uuid))
            for state in states { try journal.advance(uuid, to: state) }
        }
        #expect(
            try journal.pendingTakes().map(\.taskUUID) == ["intended", "sent", "outstanding", "finished"])
    }

    @Test func `stores clip, take and step together or not at all`() throws {
        let scratch = try Scratch()
        let journal = try Journal(path: scratch.path + "/j.sqlite")
        let item = ArtifactStore.Item(digest: "d", ext: "mp4", bytes: 3)
        let clip = Artifact(workKey: "k", name: "clip", item: item, facts: #"{"frames":3}"#)
        let entry = StepEntry(storyboard: "film", step: "shot:a", document: .object(["x": .int(1)]))
        try journal.intend(take())
        #expect(throws: FilmError.self) { try journal.store(clip, of: "u-1", as: entry) }
        #expect(try journal.artifacts(workKey: "k").isEmpty, "a take that is not finished has no clip")
        try journal.advance("u-1", to: .finished)
        try journal.store(clip, of: "u-1", as: entry)
        #expect(try journal.artifacts(workKey: "k")["clip"] == clip)
        #expect(try journal.takes(workKey: "k").first?.digest == "d")
        #expect(try journal.takes(workKey: "k").first?.state == .stored)
    }

    @Test func `of a newer version is refused with a hint`() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/j.sqlite"
        do { _ = try Journal(path: path) }
        for open in [
            { _ = try Journal(path: path, knowing: 0) }, { _ = try Journal.snapshot(path: path, knowing: 0) },
        ] {
            let error = try #require(throws: FilmError.self) { try open() }
            #expect(error.code == .journalUnreadable)
            #expect(error.message.contains("newer version"))
            #expect(error.hint != nil)
        }
    }

    @Test func `that is no database is an error and stays as it is`() throws {
        let scratch = try Scratch()
        let path = try scratch.write(String(repeating: "not a database ", count: 100), to: "j.sqlite")
        let error = try #require(throws: FilmError.self) { _ = try Journal(path: path) }
        #expect(error.code == .journalUnreadable)
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("not a database"))
    }

    @Test func `can be read while a run writes`() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/j.sqlite"
        #expect(try Journal.snapshot(path: path) == nil)
        let journal = try Journal(path: path)
        try journal.intend(take())
        let snapshot = try #require(try Journal.snapshot(path: path))
        #expect(snapshot.takes["k"]?.first?.taskUUID == "u-1")
        #expect(try journal.snapshot() == snapshot)
    }
}
