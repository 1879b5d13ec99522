import TaskEngine

/// The tables of a store, and how a file of an older version comes to have them.
///
/// ```
///   event   what happened, by number; the oldest are pruned
///   task    what it adds up to, written in the events' own transaction: a start reads this alone
///   need    which task needs which other, so that a deletion finds those that it shortens
///   body    the payloads and results of tasks, beside their rows, which change more often
///   project the settings of projects
///   keyed_change
///           what was done under which key in the last day; the oldest are pruned
///   store   one row: the history's name, the last number, the highest id, also when their events are pruned
/// ```
///
/// Ids are 16 bytes, times milliseconds since 1970, `dependencies` ids one behind the other. `task.seq` is the number of
/// the last event that changed the row, `revision` that which its ETag is made of. An event has the whole task as it was
/// then; a deletion has none. `key` is 32 bytes, half of a digest of a key's name and half of one of what was asked for
/// under it: an event that a change with a key begins with has it, and the change's own row.
///
/// `since_at` and `since_seq` say since when a task is in its state: NULL is its creation, by `created` and `revision`, so
/// that a plain task that is made has no other value there. `work` is a ``Compact`` state, NULL for a plain task. Of an
/// event, `payload` and `result` are what it has put there: NULL where it says nothing of them, and an empty text where it
/// has taken them away. In an event of a project, `former_project` is its name and `work` its settings.
enum SQLiteSchema {
    /// What tells our files from those of other programs: "Task". See `PRAGMA application_id`.
    static let application = 0x5461_736B

    /// The version that this program writes. See `PRAGMA user_version`.
    static var version: Int { migrations.count }

    /// The first version that has columns for the work queue.
    static let workVersion = 3

    /// What each version adds to the one before.
    private static let migrations = [
        """
        CREATE TABLE store (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
            epoch INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            append INTEGER NOT NULL,
            last_id BLOB);
        CREATE TABLE task (
            id BLOB PRIMARY KEY,
            seq INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            title TEXT NOT NULL,
            description TEXT NOT NULL,
            status TEXT NOT NULL,
            priority INTEGER NOT NULL,
            project TEXT,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            dependencies BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE need (
            needed BLOB NOT NULL,
            task BLOB NOT NULL,
            PRIMARY KEY (needed, task)) WITHOUT ROWID;
        CREATE TABLE event (
            seq INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            request_id TEXT NOT NULL,
            time INTEGER NOT NULL,
            task_id BLOB NOT NULL,
            changes TEXT,
            former_project TEXT,
            from_priority INTEGER,
            to_priority INTEGER,
            revision INTEGER,
            title TEXT,
            description TEXT,
            status TEXT,
            priority INTEGER,
            project TEXT,
            created INTEGER,
            updated INTEGER,
            dependencies BLOB);
        """,
        """
        CREATE TABLE keyed_change (
            seq INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            name TEXT NOT NULL,
            task_id BLOB NOT NULL,
            key BLOB NOT NULL);
        ALTER TABLE event ADD COLUMN key BLOB;
        """,
        // Tasks of before are as old as each other by `since_seq`, so that their ids decide.
        """
        ALTER TABLE task ADD COLUMN since_at INTEGER;
        ALTER TABLE task ADD COLUMN since_seq INTEGER DEFAULT 0;
        ALTER TABLE task ADD COLUMN work BLOB;
        ALTER TABLE event ADD COLUMN since_at INTEGER;
        ALTER TABLE event ADD COLUMN since_seq INTEGER DEFAULT 0;
        ALTER TABLE event ADD COLUMN work BLOB;
        ALTER TABLE event ADD COLUMN cause TEXT;
        ALTER TABLE event ADD COLUMN cause_by BLOB;
        ALTER TABLE event ADD COLUMN is_late INTEGER;
        ALTER TABLE event ADD COLUMN payload TEXT;
        ALTER TABLE event ADD COLUMN result TEXT;
        CREATE TABLE body (
            task_id BLOB PRIMARY KEY,
            payload TEXT,
            result TEXT) WITHOUT ROWID;
        CREATE TABLE project (
            name TEXT PRIMARY KEY,
            settings BLOB NOT NULL) WITHOUT ROWID;
        """,
    ]

    /// Brings the file to ``version``, each step in a transaction of its own.
    static func migrate(_ database: Database, epoch: LogEpoch) throws(DatabaseError) {
        let version = try database.number("PRAGMA user_version") ?? 0
        for (number, sql) in migrations.enumerated() where number >= version {
            try database.transaction { () throws(DatabaseError) in
                try database.run(sql)
                if number == 0 {
                    try database.run("PRAGMA application_id = \(application)")
                    let name = Int64(bitPattern: epoch.number)
                    try database.run("INSERT INTO store VALUES (1, \(name), 0, 0, NULL)")
                }
                try database.run("PRAGMA user_version = \(number + 1)")
            }
        }
    }
}

// MARK: - The row of the store

extension SQLiteSchema {
    /// Where the history ends, and the highest id that was given.
    static func end(of database: Database) throws(DatabaseError) -> (position: LogPosition, lastID: TaskID?) {
        let row = try database.prepare("SELECT epoch, seq, append, last_id FROM store")
        guard try row.step() else { throw DatabaseError(damage: "the row of the store is gone") }
        defer { row.reset() }
        let epoch = LogEpoch(number: UInt64(bitPattern: Int64(row.integer(0))))
        let position = LogPosition(
            epoch: epoch, sequence: row.integer(1), append: UInt64(bitPattern: Int64(row.integer(2))))
        return (position, row.isNull(3) ? nil : row.id(3))
    }

    /// Begins another history, which goes on from the tasks as they are.
    static func beginHistory(in database: Database) throws(DatabaseError) {
        try name(.random(), in: database)
        let sequence = LogPosition.nextContinuation(after: try end(of: database).position.sequence)
        try database.run("UPDATE store SET seq = \(sequence)")
    }

    /// Gives the history another name.
    static func name(_ epoch: LogEpoch, in database: Database) throws(DatabaseError) {
        try database.run("UPDATE store SET epoch = \(Int64(bitPattern: epoch.number))")
    }
}
