import Film
import Foundation
import GRDB
import Media
import Montage
import Sandbox
import Testing

/// What a store may let go of, and what the journal remembers of it.
@Suite struct `Cleaning a store` {
    private func storyboard(_ second: String, deliver: String = "mp4-social") -> String {
        """
        title: T
        model: "pixverse:1@6"
        defaults: {size: 360x360, duration: 5, audio: false}
        shots:
          - {id: a, prompt: A quiet hill at dawn, seed: 1}
          - {id: b, prompt: \(second), seed: 2}
        film: {deliver: [\(deliver)], thumbnails: false}
        """
    }

    @Test func `frees what no film needs, and paid clips only when told to`() async throws {
        let scratch = try Scratch()
        let server = try SandboxServer(SandboxConfiguration(folder: scratch.path + "/world", delay: .zero))
        let api = try await server.start()
        let path = try scratch.write(storyboard("A lake"), to: "film.yaml")
        let settings = try FilmSettings.forTest(path, in: scratch, api: api)
        let folder = settings.stateDirectory
        _ = try await Film.make(settings) { _ in }
        let nothing = try Film.clean(stateDirectory: folder)
        #expect(nothing.files == 0 && nothing.paid.files == 0 && nothing.kept.files > 5)

        try scratch.write(storyboard("A sea"), to: "film.yaml")
        let report = try await Film.make(settings) { _ in }
        let look = try Film.clean(stateDirectory: folder)
        #expect(!look.isDone)
        // The old film, the old segment of b, its last frame and its seam, the old sheet; of a nothing.
        #expect(Set(look.freed.map(\.kind)) == ["film", "segment", "frame", "seam", "seams"], "\(look)")
        #expect(look.paid.files == 1 && look.paidFor["sandbox"] ?? 0 > 0)
        #expect(try Film.clean(stateDirectory: folder) == look)

        let done = try Film.clean(stateDirectory: folder, remove: true)
        #expect(done.isDone && done.freed == look.freed)
        #expect(try Film.clean(stateDirectory: folder).files == 0)
        #expect(try Film.verify(stateDirectory: folder, interrupt: Interrupt()).passed)
        let again = try await Film.make(settings) { _ in }
        #expect(again.run?.isUpToDate == true)
        #expect(again.deliveries.map(\.digest) == report.deliveries.map(\.digest))

        let all = try Film.clean(stateDirectory: folder, paid: true, remove: true)
        #expect(all.freed.map(\.kind) == ["clip"] && all.files == 1)
        #expect(try Film.verify(stateDirectory: folder, interrupt: Interrupt()).passed)
        // The clip is asked for again, not bought: the sandbox still has it.
        try scratch.write(storyboard("A lake"), to: "film.yaml")
        let step = try Film.plan(settings).steps.first { $0.id == "shot:b" }
        #expect(step?.reason.contains("given up by `reel clean --paid`") == true)
        let back = try await Film.make(settings) { _ in }
        #expect(back.run?.generated == 0 && back.run?.resumed == 1)
        #expect(try JSONDecoder().decode(World.self, from: await server.report()).tasks.count == 3)
        #expect(try Film.verify(stateDirectory: folder, interrupt: Interrupt()).passed)
        await server.stop()
    }

    private struct World: Decodable {
        struct Task: Decodable {}
        var tasks: [Task]
    }

    @Test func `shots and deliveries that a storyboard has no more are not needed`() async throws {
        let scratch = try Scratch()
        let path = try scratch.write(storyboard("A lake", deliver: "mp4-social, quick-mov"), to: "film.yaml")
        let settings = try FilmSettings.forTest(path, in: scratch)
        _ = try await Film.animatic(settings) { _ in }
        let folder = settings.stateDirectory
        try scratch.write(storyboard("A lake"), to: "film.yaml")
        #expect(try Film.clean(stateDirectory: folder).files == 0)
        let known = try Film.clean(stateDirectory: folder, storyboard: .load(path: path))
        // A film and two segments.
        #expect(known.files == 3 && Set(known.freed.map(\.kind)) == ["film", "segment"], "\(known)")
    }

    @Test func `a film that is being made is left alone`() throws {
        let scratch = try Scratch()
        let workspace = try Workspace(folder: scratch.path + "/.reel")
        let error = #expect(throws: FilmError.self) {
            try Film.clean(stateDirectory: workspace.folder, remove: true)
        }
        #expect(error?.exitCode == 10)
        withExtendedLifetime(workspace) {}
    }
}

/// Journals of every released schema become today's, with all that is in them.
@Suite struct `A journal of before` {
    private func old(_ path: String) throws {
        do { _ = try Journal(path: path, knowing: 1) }
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            for (place, state) in [
                "intended", "sent", "outstanding", "finished", "stored", "refused", "failed",
            ]
            .enumerated() {
                try db.execute(
                    sql: """
                        INSERT INTO takes (task_uuid, work_key, generator, storyboard, shot, number, request, state,
                            reserved, cost, seed, video_uuid, url, digest, error_code, error_message, created_at)
                        VALUES (?, ?, 'runware', 'film', 'a', 1, '{}', ?, '0.4', '0.123456789012345678', 7, 'v', 'u',
                            'd', 'e', 'm', '2026-11-27T00:00:00.000Z')
                        """, arguments: ["uuid-\(place)", "key-\(place)", state])
            }
            try db.execute(
                sql: "INSERT INTO artifacts (work_key, name, step, digest, ext, bytes, facts) "
                    + "VALUES ('key-4', 'clip', 'shot:a', 'd', 'mp4', 3, '{}')")
            try db.execute(
                sql: "INSERT INTO steps (storyboard, step, document) VALUES ('film', 'shot:a', '{}')")
        }
    }

    @Test func `keeps every take, cent and file, and learns the new states`() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/j.sqlite"
        try old(path)
        // A plan reads it as it is: it has no lock and may not change it.
        let before = try #require(try Journal.snapshot(path: path))
        #expect(
            before.takesInOrder.map(\.state.rawValue)
                == ["intended", "sent", "outstanding", "finished", "stored", "refused", "failed"])
        let journal = try Journal(path: path)
        #expect(try journal.snapshot() == before)
        let take = try #require(try journal.takes(workKey: "key-4").first)
        #expect(
            take.cost == Decimal(string: "0.123456789012345678") && take.seed == 7 && take.errorMessage == "m"
        )
        #expect(take.createdAt == "2026-11-27T00:00:00.000Z" && take.acceptedAt == nil)
        try journal.advance("uuid-1", to: .accepted)
        #expect(try journal.takes(workKey: "key-1").first?.acceptedAt != nil)
        #expect(throws: FilmError.self) { try Journal(path: path, knowing: 1) }
        #expect(throws: FilmError.self) { try Journal.snapshot(path: path, knowing: 1) }
    }

    @Test func `says how long clips mostly take once it knows three`() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/j.sqlite"
        let journal = try Journal(path: path)
        for (place, seconds) in [30, 50, 40].enumerated() {
            #expect(try journal.usualSeconds(generator: "runware") == nil)
            let uuid = "uuid-\(place)"
            try journal.intend(
                Take(
                    taskUUID: uuid, workKey: uuid, generator: "runware", storyboard: "film", shot: "a",
                    number: 1,
                    request: "{}", reserved: nil))
            try journal.advance(uuid, to: .accepted)
            try journal.advance(uuid, to: .finished)
            let queue = try DatabaseQueue(path: path)
            try queue.write {
                try $0.execute(
                    sql: "UPDATE takes SET accepted_at = '2026-11-27T10:00:00.000Z', "
                        + "finished_at = '2026-11-27T10:00:\(seconds).000Z' WHERE task_uuid = ?",
                    arguments: [uuid])
            }
        }
        let usual = try #require(try journal.usualSeconds(generator: "runware"))
        #expect(abs(usual - 40) < 0.1)
        #expect(try journal.usualSeconds(generator: "sandbox") == nil)
    }
}
