import Film
import Foundation
import Media
import Montage
import Sandbox
import TestSupport
import Testing

/// What was spent, and whether the folder holds what the journal says.
@Suite struct `Ledger and audit` {
    private static func take(
        _ shot: String, _ state: TakeState, cost: Decimal? = nil, reserved: Decimal? = 0.4,
        date: String = "2026-11-27T10:00:00.000Z", film: String = "film", provider: String = "runware"
    ) -> Take {
        var take = Take(
            taskUUID: "uuid-\(film)-\(shot)-\(state)", workKey: "key-\(shot)", generator: provider,
            storyboard: film, shot: shot, number: 1, request: "{}", reserved: reserved)
        (take.state, take.cost, take.createdAt) = (state, cost, date)
        return take
    }

    @Test func `spent is what the service said, the rest is reserved or in doubt`() {
        let ledger = Ledger([
            Self.take("a", .stored, cost: 0.51), Self.take("b", .failed, cost: 0.1),
            Self.take("c", .refused), Self.take("d", .intended), Self.take("e", .sent),
            Self.take("f", .outstanding, reserved: nil), Self.take("g", .finished),
            Self.take("h", .stored, cost: 9, provider: "sandbox"),
        ])
        let sums = ledger.totals["runware"]
        #expect(sums?.spent == 0.61)
        #expect(sums?.reserved == 0.4)
        #expect(sums?.inDoubt == 0.8 && sums?.unpriced == 1)
        #expect(sums?.takes == 7)
        #expect(ledger.totals["sandbox"]?.spent == 9)
    }

    @Test func `groups are by film, shot and day, and play money stands apart`() {
        let ledger = Ledger([
            Self.take("a", .stored, cost: 0.5),
            Self.take("a", .failed, cost: 0.25, date: "2026-11-28T00:00:00Z"),
            Self.take("b", .stored, cost: 1, film: "other"),
            Self.take("a", .stored, cost: 7, provider: "sandbox"),
        ])
        #expect(ledger.grouped(by: .film).map(\.name) == ["film", "other", "film"])
        #expect(ledger.grouped(by: .film).map(\.sums.spent) == [0.75, 1, 7])
        #expect(ledger.grouped(by: .shot).map(\.name) == ["film/a", "other/b", "film/a"])
        #expect(ledger.grouped(by: .day).map(\.name) == ["2026-11-27", "2026-11-28", "2026-11-27"])
    }

    @Test func `values with commas and quotes are quoted`() {
        var odd = Self.take("a", .failed)
        odd.errorCode = "he said \"no\", twice"
        let rows = Ledger([odd]).csv.components(separatedBy: "\r\n")
        #expect(rows.count == 3 && rows[2].isEmpty)
        #expect(rows[0] == "date,film,shot,take,state,provider,cost,estimate,task,error")
        #expect(
            rows[1]
                == "2026-11-27T10:00:00.000Z,film,a,1,failed,runware,,0.4,uuid-film-a-failed,\"he said \"\"no\"\", twice\""
        )
    }

    @Test func `a film is as its journal says, and what is changed by hand is found`() async throws {
        let scratch = try Scratch()
        let server = try SandboxServer(SandboxConfiguration(folder: scratch.path + "/world"))
        let api = try await server.start()
        let path = try scratch.write(
            """
            title: T
            model: "pixverse:1@6"
            defaults: {resolution: 360p, aspect: "16:9", duration: 5}
            shots: [{id: a, prompt: A quiet hill at dawn, seed: 1}]
            film: {deliver: [mp4-copy], thumbnails: false}
            """, to: "film.yaml")
        let settings = try FilmSettings.forTest(path, in: scratch, api: api)
        let report = try await Film.make(settings) { _ in }
        await server.stop()
        let folder = settings.stateDirectory

        let ledger = try Film.ledger(stateDirectory: folder)
        #expect(ledger.entries.count == 1 && ledger.entries[0].state == .stored)
        #expect(ledger.totals["sandbox"]?.spent == report.totalCost)
        #expect(ledger.entries[0].date.hasSuffix("Z"))

        let sound = try Film.verify(stateDirectory: folder, interrupt: Interrupt())
        #expect(sound.passed && sound.notes.isEmpty, "\(sound)")
        #expect(sound.takes == ["stored": 1] && sound.files >= 4)
        #expect(sound.spent == ["sandbox": report.totalCost])

        // A byte of the film, a file that nobody knows, and the clip gone.
        let store = folder + "/store"
        func file(_ digest: String, _ ext: String) -> String {
            "\(store)/\(digest.prefix(2))/\(digest).\(ext)"
        }
        let film = file(report.deliveries[0].digest, "mp4")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: film))
        bytes[bytes.count / 2] ^= 1
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: film)
        try bytes.write(to: URL(fileURLWithPath: film))
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: store + "/ab-stray"))
        try FileManager.default.createDirectory(atPath: store + "/zz", withIntermediateDirectories: true)
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: store + "/zz/stray.bin"))
        try FileManager.default.removeItem(atPath: file(report.shots[0].clipDigest, "mp4"))
        let spoilt = try Film.verify(stateDirectory: folder, interrupt: Interrupt())
        #expect(Set(spoilt.problems.map(\.kind)) == ["damaged", "missing"])
        #expect(spoilt.problems.count == 2 && !spoilt.passed)
        #expect(spoilt.notes.contains { $0.contains("1 file of the store (3 bytes) belongs to no step") })
    }

    @Test func `charges without clips, clips without charges and double charges are found`() throws {
        let scratch = try Scratch()
        let workspace = try Workspace(folder: scratch.path + "/.reel")
        let (journal, store) = (workspace.journal, workspace.store)
        func bought(_ shot: String, key: String, state: TakeState, clip: UInt8?) throws {
            let uuid = UUID().uuidString.lowercased()
            let take = Take(
                taskUUID: uuid, workKey: key, generator: "runware", storyboard: "film", shot: shot, number: 1,
                request: "{}", reserved: 0.5)
            try journal.intend(take)
            try journal.advance(uuid, to: .sent)
            if state == .failed {
                try journal.advance(uuid, to: .failed) { $0.cost = 0.5 }
                return
            }
            try journal.advance(uuid, to: .finished) { $0.cost = 0.5 }
            guard let clip else { return }
            let item = try store.put([clip, clip], ext: "mp4")
            try journal.store(
                Artifact(workKey: key, name: "clip", item: item), of: uuid,
                as: StepEntry(storyboard: "film", step: "shot:\(shot)", document: nil))
        }
        try bought("a", key: "one", state: .stored, clip: 1)
        try bought("b", key: "two", state: .failed, clip: nil)
        try bought("b", key: "two", state: .stored, clip: 2)
        try bought("c", key: "three", state: .finished, clip: nil)
        let fair = try Film.verify(stateDirectory: workspace.folder, interrupt: Interrupt())
        #expect(fair.passed, "\(fair)")
        #expect(fair.notes.contains { $0.contains("film/b was charged 2 times") })
        #expect(fair.notes.contains { $0.contains("is finished: the next run asks for it") })
        #expect(fair.spent == ["runware": 2])

        try bought("a", key: "one", state: .stored, clip: 3)
        try journal.record(
            [Artifact(workKey: "four", name: "clip", item: try store.put([4], ext: "mp4"))],
            as: StepEntry(storyboard: "film", step: "shot:d", document: nil))
        let foul = try Film.verify(stateDirectory: workspace.folder, interrupt: Interrupt())
        #expect(foul.problems.map(\.kind).sorted() == ["chargedTwice", "noTake"], "\(foul)")
    }

    @Test func `a folder without a journal is no film's`() throws {
        let scratch = try Scratch()
        let fault = #expect(throws: FilmError.self) {
            try Film.ledger(stateDirectory: scratch.path + "/.reel")
        }
        #expect(fault?.exitCode == 5)
        #expect(fault?.message.contains("no film was made in this folder") == true)
    }
}
