import GRDB

/// The journal's tables, one migration a version. A migration that was ever released is never edited.
enum JournalSchema {
    /// The migrations; `versions` lets a test be an older program.
    static func migrator(knowing versions: Int) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        if versions >= 1 { migrator.registerMigration("1: takes, artifacts, steps", migrate: first) }
        if versions >= 2 {
            migrator.registerMigration("2: accepted, times, dropped, choices", migrate: second)
        }
        return migrator
    }

    /// What a person chose for a shot is remembered. A take may be `accepted`, and has the times at which it was, and at which it came to its end at the service; a clip
    /// may be given up on purpose. SQLite cannot change a CHECK, so the table is made anew.
    private static func second(_ db: Database) throws {
        let columns = """
            id, task_uuid, work_key, generator, storyboard, shot, number, request, state, reserved, cost, seed, video_uuid,
            url, digest, error_code, error_message, created_at, changed_at
            """
        try db.execute(
            sql: """
                CREATE TABLE takes_2 (
                    id INTEGER PRIMARY KEY,
                    task_uuid TEXT NOT NULL UNIQUE,
                    work_key TEXT NOT NULL,
                    generator TEXT NOT NULL,
                    storyboard TEXT NOT NULL,
                    shot TEXT NOT NULL,
                    number INTEGER NOT NULL,
                    request TEXT NOT NULL,
                    state TEXT NOT NULL CHECK (state IN
                        ('intended','sent','accepted','outstanding','finished','stored','refused','failed')),
                    reserved TEXT,
                    cost TEXT,
                    seed INTEGER,
                    video_uuid TEXT,
                    url TEXT,
                    digest TEXT,
                    error_code TEXT,
                    error_message TEXT,
                    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
                    changed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
                    accepted_at TEXT,
                    finished_at TEXT,
                    dropped_at TEXT,
                    CHECK (state <> 'stored' OR digest IS NOT NULL)
                );
                INSERT INTO takes_2 (\(columns)) SELECT \(columns) FROM takes;
                DROP TABLE takes;
                ALTER TABLE takes_2 RENAME TO takes;
                CREATE INDEX takes_by_key ON takes (work_key);
                CREATE TABLE choices (
                    storyboard TEXT NOT NULL,
                    shot TEXT NOT NULL,
                    number INTEGER,
                    base TEXT,
                    clip TEXT,
                    frame TEXT,
                    made_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
                    PRIMARY KEY (storyboard, shot),
                    CHECK (number IS NOT NULL OR base IS NOT NULL AND clip IS NOT NULL)
                ) WITHOUT ROWID;
                """)
    }

    private static func first(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE takes (
                    id INTEGER PRIMARY KEY,
                    task_uuid TEXT NOT NULL UNIQUE,
                    work_key TEXT NOT NULL,
                    generator TEXT NOT NULL,
                    storyboard TEXT NOT NULL,
                    shot TEXT NOT NULL,
                    number INTEGER NOT NULL,
                    request TEXT NOT NULL,
                    state TEXT NOT NULL CHECK (state IN
                        ('intended','sent','outstanding','finished','stored','refused','failed')),
                    reserved TEXT,
                    cost TEXT,
                    seed INTEGER,
                    video_uuid TEXT,
                    url TEXT,
                    digest TEXT,
                    error_code TEXT,
                    error_message TEXT,
                    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
                    changed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
                    CHECK (state <> 'stored' OR digest IS NOT NULL)
                );
                CREATE INDEX takes_by_key ON takes (work_key);
                CREATE TABLE artifacts (
                    work_key TEXT NOT NULL,
                    name TEXT NOT NULL,
                    step TEXT NOT NULL,
                    digest TEXT NOT NULL,
                    ext TEXT NOT NULL,
                    bytes INTEGER NOT NULL,
                    facts TEXT NOT NULL,
                    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')),
                    PRIMARY KEY (work_key, name)
                ) WITHOUT ROWID;
                CREATE TABLE steps (
                    storyboard TEXT NOT NULL,
                    step TEXT NOT NULL,
                    document TEXT NOT NULL,
                    PRIMARY KEY (storyboard, step)
                ) WITHOUT ROWID;
                """)
    }
}
