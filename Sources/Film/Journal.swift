import Foundation
import GRDB

/// What was meant and what happened, on disk before it matters.
///
/// Three tables: `takes` (the ledger: every paid attempt from intent to clip), `artifacts` (work key → the
/// digests of what the step made) and `steps` (the last document of each step's key, so that a plan can say
/// *what* changed). docs/JOURNAL.md describes them.
///
/// Every call is one short transaction, committed with an fsync (WAL, `synchronous = FULL`) when it
/// returns. The calls are synchronous on purpose: a cancelled task cannot take back a fact about money.
package final class Journal: Sendable {
    private let queue: DatabaseQueue
    private let path: String

    /// Opens the journal for writing and brings its schema up to date. The caller holds the folder's lock.
    /// `versions` limits the schema versions this program knows, for tests.
    package init(path: String, knowing versions: Int = .max) throws(FilmError) {
        self.path = path
        do {
            var configuration = Configuration()
            configuration.journalMode = .wal
            configuration.busyMode = .timeout(5)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            self.queue = queue
        } catch {
            throw Self.unreadable(path, error)
        }
        let migrator = JournalSchema.migrator(knowing: versions)
        do {
            if try queue.read({ try migrator.hasBeenSuperseded($0) }) { throw Self.newer(path) }
            try migrator.migrate(queue)
        } catch let error as FilmError {
            throw error
        } catch {
            throw Self.unreadable(path, error)
        }
    }

    /// Reads everything a plan needs without taking the lock; nil when there is no journal yet.
    ///
    /// Nothing is written, but for what a killed run left half-done: SQLite must take that back before anything can be
    /// read, and does it under its own locks.
    package static func snapshot(
        path: String, knowing versions: Int = .max
    ) throws(FilmError) -> JournalSnapshot? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            do {
                return try snapshot(path, readonly: true, knowing: versions)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
                return try snapshot(path, readonly: false, knowing: versions)
            }
        } catch let error as FilmError {
            throw error
        } catch {
            throw unreadable(path, error)
        }
    }

    private static func snapshot(
        _ path: String, readonly: Bool, knowing versions: Int
    ) throws -> JournalSnapshot? {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.readonly = readonly
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        return try queue.read { db in
            let migrator = JournalSchema.migrator(knowing: versions)
            if try migrator.hasBeenSuperseded(db) { throw newer(path) }
            // One of an older version is read as it is; it is brought up to date by the next run.
            guard try !migrator.appliedMigrations(db).isEmpty else { return nil }
            return try readSnapshot(db)
        }
    }

    /// Everything a plan needs, as of now.
    package func snapshot() throws(FilmError) -> JournalSnapshot {
        try reading { try Self.readSnapshot($0) }
    }

    private static func readSnapshot(_ db: Database) throws -> JournalSnapshot {
        var snapshot = JournalSnapshot()
        for row in try Row.fetchAll(db, sql: "SELECT * FROM takes ORDER BY id") {
            snapshot.add(try TakeRow.take(row))
        }
        for row in try Row.fetchAll(db, sql: "SELECT * FROM artifacts") {
            snapshot.add(ArtifactRow.artifact(row))
        }
        for row in try Row.fetchAll(db, sql: "SELECT * FROM steps") {
            snapshot.add(storyboard: row["storyboard"], step: row["step"], document: row["document"])
        }
        if try db.tableExists("choices") {
            for row in try Row.fetchAll(db, sql: "SELECT * FROM choices") {
                snapshot.add(ChoiceRow.choice(row))
            }
        }
        return snapshot
    }

    /// Remembers what was chosen for a shot, in the place of what was chosen before.
    package func choose(_ choice: Choice) throws(FilmError) {
        try writing { try ChoiceRow.replace(choice, $0) }
    }

    /// Forgets what was chosen for a shot.
    package func unchoose(storyboard: String, shot: String) throws(FilmError) {
        try writing {
            try $0.execute(
                sql: "DELETE FROM choices WHERE storyboard = ? AND shot = ?", arguments: [storyboard, shot])
        }
    }

    // MARK: Takes

    /// Commits the intent to buy. Returns when it is on the disk; only then may anything be sent.
    package func intend(_ take: Take) throws(FilmError) {
        try writing { try TakeRow.insert(take, $0) }
    }

    /// Moves a take to another state, with what is known by then. An impossible move is an error and
    /// changes nothing.
    @discardableResult
    package func advance(
        _ taskUUID: String, to state: TakeState, _ change: (inout Take) -> Void = { _ in }
    ) throws(FilmError) -> Take {
        try writing { try Self.advance(taskUUID, to: state, in: self.path, $0, change) }
    }

    @discardableResult
    private static func advance(
        _ taskUUID: String, to state: TakeState, in path: String, _ db: Database,
        _ change: (inout Take) -> Void
    ) throws -> Take {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM takes WHERE task_uuid = ?", arguments: [taskUUID])
        else {
            throw FilmError(.journalUnreadable, "knows no task \(taskUUID)", subject: path)
        }
        var take = try TakeRow.take(row)
        guard take.state.mayBecome(state) else {
            throw FilmError(
                .journalUnreadable,
                "a take that is \(take.state.rawValue) cannot become \(state.rawValue) (task \(taskUUID))",
                subject: path)
        }
        take.state = state
        change(&take)
        try TakeRow.update(take, db)
        return take
    }

    /// The takes of a work key, oldest first.
    package func takes(workKey: String) throws(FilmError) -> [Take] {
        try reading { db in
            try Row.fetchAll(
                try db.cachedStatement(sql: "SELECT * FROM takes WHERE work_key = ? ORDER BY id"),
                arguments: [workKey]
            )
            .map(TakeRow.take)
        }
    }

    /// How many seconds the service mostly took for a clip, by the last ones that it finished; nil before there are three.
    package func usualSeconds(generator: String) throws(FilmError) -> Double? {
        let found = try reading { db in
            try Double.fetchAll(
                db,
                sql: """
                    SELECT (julianday(finished_at) - julianday(coalesce(accepted_at, created_at))) * 86400 FROM takes
                    WHERE generator = ? AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 25
                    """, arguments: [generator])
        }.sorted()
        return found.count < 3 ? nil : found[found.count / 2]
    }

    /// Forgets what steps made, so that their files may go; takes whose clip is among them are marked.
    package func drop(_ items: [ArtifactStore.Item]) throws(FilmError) {
        try writing { db in
            for item in items {
                try db.execute(
                    sql: """
                        UPDATE takes SET dropped_at = strftime('%Y-%m-%dT%H:%M:%fZ')
                            WHERE digest = ? AND EXISTS (SELECT 1 FROM artifacts a WHERE a.work_key = takes.work_key
                                AND a.digest = takes.digest AND a.ext = ?)
                        """, arguments: [item.digest, item.ext])
                try db.execute(
                    sql: "DELETE FROM artifacts WHERE digest = ? AND ext = ?",
                    arguments: [item.digest, item.ext])
            }
        }
    }

    /// Every take that the service must be asked about.
    package func pendingTakes() throws(FilmError) -> [Take] {
        try reading { db in
            try Row.fetchAll(db, sql: "SELECT * FROM takes ORDER BY id").map(TakeRow.take).filter(
                \.state.isPending)
        }
    }

    // MARK: Artifacts and steps

    /// Records what a step made, and the document of its key, in one transaction.
    package func record(_ artifacts: [Artifact], as entry: StepEntry) throws(FilmError) {
        try writing { db in
            for artifact in artifacts { try ArtifactRow.upsert(artifact, step: entry.step, db) }
            try Self.note(entry, db)
        }
    }

    /// Records that a step was found done, so that the next plan compares with this key. Mostly that is known, and then
    /// nothing is written.
    package func note(_ entry: StepEntry) throws(FilmError) {
        guard let document = entry.document else { return }
        let isKnown = try reading { db in
            let statement = try db.cachedStatement(
                sql: "SELECT document FROM steps WHERE storyboard = ? AND step = ?")
            return try String.fetchOne(statement, arguments: [entry.storyboard, entry.step])
                == document.canonical
        }
        if !isKnown { try writing { try Self.note(entry, $0) } }
    }

    /// The clip of a take is in the store: take, artifact and step in one transaction.
    package func store(_ clip: Artifact, of taskUUID: String, as entry: StepEntry) throws(FilmError) {
        try writing { db in
            try Self.advance(taskUUID, to: .stored, in: self.path, db) {
                $0.digest = clip.item.digest
                $0.droppedAt = nil
            }
            try ArtifactRow.upsert(clip, step: entry.step, db)
            try Self.note(entry, db)
        }
    }

    private static func note(_ entry: StepEntry, _ db: Database) throws {
        guard let document = entry.document else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO steps (storyboard, step, document) VALUES (?, ?, ?)
                ON CONFLICT (storyboard, step) DO UPDATE SET document = excluded.document
                    WHERE document <> excluded.document
                """)
        try statement.execute(arguments: [entry.storyboard, entry.step, document.canonical])
    }

    /// What a step made for a work key, by name.
    package func artifacts(workKey: String) throws(FilmError) -> [String: Artifact] {
        try reading { db in
            let rows = try Row.fetchAll(
                try db.cachedStatement(sql: "SELECT * FROM artifacts WHERE work_key = ?"),
                arguments: [workKey])
            return Dictionary(rows.map { ($0["name"], ArtifactRow.artifact($0)) }) { first, _ in first }
        }
    }

    /// The database's own word on how it commits: `(journal mode, synchronous)`.
    package func durability() throws(FilmError) -> (mode: String, synchronous: Int) {
        try reading { db in
            (
                try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
                try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
            )
        }
    }

    // MARK: Access

    private func reading<T>(_ body: (Database) throws -> T) throws(FilmError) -> T {
        do {
            return try queue.read(body)
        } catch let error as FilmError {
            throw error
        } catch {
            throw Self.unreadable(path, error)
        }
    }

    private func writing<T>(_ body: (Database) throws -> T) throws(FilmError) -> T {
        do {
            return try queue.write(body)
        } catch let error as FilmError {
            throw error
        } catch {
            throw Self.unreadable(path, error)
        }
    }

    private static func newer(_ path: String) -> FilmError {
        FilmError(
            .journalUnreadable, "was written by a newer version of reel", subject: path,
            hint: "use that version, or move the folder .reel away to begin anew (clips are bought again)")
    }

    private static func unreadable(_ path: String, _ error: any Error) -> FilmError {
        FilmError(
            .journalUnreadable, "the journal cannot be used: \(error)", subject: path,
            hint: "check the disk and the file's permissions; do not delete it, it knows what was paid",
            underlying: error)
    }
}
