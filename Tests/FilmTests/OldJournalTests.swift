import Film
import Foundation
import GRDB
import Testing

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

    @Test func `that a killed run left in the middle of a transaction is read by a plan`() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/j.sqlite"
        do {
            let journal = try Journal(path: path)
            try journal.intend(
                Take(
                    taskUUID: "u", workKey: "k", generator: "sandbox", storyboard: "film", shot: "a",
                    number: 1,
                    request: "{}", reserved: nil))
        }
        // A rollback journal is there while the database is made, before it has a log; as it lies when the process dies.
        let copy = scratch.path + "/dead.sqlite"
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(
                sql: "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; UPDATE takes SET shot = 'b'"
            )
            for place in 0..<200 {
                try db.execute(
                    sql: "INSERT INTO steps (storyboard, step, document) VALUES ('f', ?, ?)",
                    arguments: ["\(place)", String(repeating: "x", count: 4000)])
            }
            for ending in ["", "-journal"] {
                try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending)
            }
            try db.execute(sql: "ROLLBACK")
        }
        let snapshot = try #require(try Journal.snapshot(path: copy))
        #expect(snapshot.takesInOrder.map(\.shot) == ["a"] && snapshot.steps.isEmpty)
        try Data().write(to: URL(fileURLWithPath: scratch.path + "/empty.sqlite"))
        #expect(try Journal.snapshot(path: scratch.path + "/empty.sqlite") == nil)
    }
}
