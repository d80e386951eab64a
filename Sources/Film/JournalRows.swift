import Foundation
import GRDB

/// Between a row of `takes` and a ``Take``. Money is text in the database: a decimal stays exact.
enum TakeRow {
    static func take(_ row: Row) throws -> Take {
        var take = Take(
            taskUUID: row["task_uuid"], workKey: row["work_key"], generator: row["generator"],
            storyboard: row["storyboard"], shot: row["shot"], number: row["number"], request: row["request"],
            reserved: money(row["reserved"]))
        guard let state = TakeState(rawValue: row["state"]) else {
            throw DatabaseError(message: "unknown state of a take: \(row["state"] as String)")
        }
        take.state = state
        take.cost = money(row["cost"])
        take.seed = row["seed"]
        take.videoUUID = row["video_uuid"]
        take.url = row["url"]
        take.digest = row["digest"]
        take.errorCode = row["error_code"]
        take.errorMessage = row["error_message"]
        take.createdAt = row["created_at"]
        // A journal of before is read as it is, without its lock.
        if row.hasColumn("accepted_at") {
            take.acceptedAt = row["accepted_at"]
            take.finishedAt = row["finished_at"]
            take.droppedAt = row["dropped_at"]
        }
        return take
    }

    static func insert(_ take: Take, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO takes (task_uuid, work_key, generator, storyboard, shot, number, request, state,
                    reserved)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                take.taskUUID, take.workKey, take.generator, take.storyboard, take.shot, take.number,
                take.request,
                take.state.rawValue, take.reserved?.description,
            ])
    }

    static func update(_ take: Take, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE takes SET state = ?, cost = ?, seed = ?, video_uuid = ?, url = ?, digest = ?,
                    error_code = ?, error_message = ?, changed_at = strftime('%Y-%m-%dT%H:%M:%fZ'),
                    accepted_at = CASE WHEN ? THEN coalesce(accepted_at, strftime('%Y-%m-%dT%H:%M:%fZ'))
                        ELSE accepted_at END,
                    finished_at = CASE WHEN ? THEN coalesce(finished_at, strftime('%Y-%m-%dT%H:%M:%fZ'))
                        ELSE finished_at END,
                    dropped_at = ?
                WHERE task_uuid = ?
                """,
            arguments: [
                take.state.rawValue, take.cost?.description, take.seed, take.videoUUID, take.url, take.digest,
                take.errorCode, take.errorMessage, take.state == .accepted, take.state == .finished,
                take.droppedAt, take.taskUUID,
            ])
    }

    private static func money(_ text: String?) -> Decimal? {
        text.flatMap { Decimal(string: $0, locale: Locale(identifier: "en_US_POSIX")) }
    }
}

/// Between a row of `artifacts` and an ``Artifact``.
enum ArtifactRow {
    static func artifact(_ row: Row) -> Artifact {
        Artifact(
            workKey: row["work_key"], name: row["name"],
            item: ArtifactStore.Item(digest: row["digest"], ext: row["ext"], bytes: row["bytes"]),
            facts: row["facts"])
    }

    static func upsert(_ artifact: Artifact, step: String, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO artifacts (work_key, name, step, digest, ext, bytes, facts)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (work_key, name) DO UPDATE SET step = excluded.step, digest = excluded.digest,
                    ext = excluded.ext, bytes = excluded.bytes, facts = excluded.facts
                """,
            arguments: [
                artifact.workKey, artifact.name, step, artifact.item.digest, artifact.item.ext,
                artifact.item.bytes, artifact.facts,
            ])
    }
}

/// Between a row of `choices` and a ``Choice``.
enum ChoiceRow {
    static func choice(_ row: Row) -> Choice {
        var repair: Choice.Repair?
        if let base: String = row["base"], let clip: String = row["clip"] {
            repair = Choice.Repair(base: base, clip: clip, frame: row["frame"])
        }
        return Choice(
            storyboard: row["storyboard"], shot: row["shot"], number: row["number"], repair: repair)
    }

    static func replace(_ choice: Choice, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO choices (storyboard, shot, number, base, clip, frame)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                choice.storyboard, choice.shot, choice.number, choice.repair?.base, choice.repair?.clip,
                choice.repair?.frame,
            ])
    }
}
