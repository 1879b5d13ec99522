import CSQLite

/// One connection to an SQLite file: a thin wrapper of SQLite's own interface, whose calls cost what they cost in C.
///
/// It is made, used and dropped by one thread at a time; SQLite is told so and takes no locks (`SQLITE_OPEN_NOMUTEX`).
/// The pointer stays in this file and that of `Statement`. The connection closes when it and all its statements are gone.
final class Database {
    private let connection: Connection
    private let begin, end: Statement

    /// Opens the file at `path`. See `sqlite3_open_v2`.
    ///
    /// - Parameter mayCreate: Whether a file that is not there is made.
    init(_ path: String, mayCreate: Bool, readOnly: Bool = false) throws(DatabaseError) {
        _ = Self.settings
        let access = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        connection = try Connection(
            path, access | (mayCreate ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE)
        // For the moment in which a reader beside us moves the end of the write-ahead log.
        sqlite3_busy_timeout(connection.raw, 2_000)
        begin = try Statement("BEGIN IMMEDIATE", on: connection)
        end = try Statement("COMMIT", on: connection)
    }

    /// What holds for all connections; it must be said before the first one.
    private static let settings = csqlite_count_no_memory()

    /// Whether it can only be read, whatever was asked for.
    var isReadOnly: Bool { sqlite3_db_readonly(connection.raw, "main") != 0 }

    /// Whether a transaction is open. A failure may have ended it.
    var isInTransaction: Bool { sqlite3_get_autocommit(connection.raw) == 0 }

    /// Whether another file stands under the path by now, or none. See `SQLITE_FCNTL_HAS_MOVED`.
    var hasMoved: Bool {
        var moved: Int32 = 0
        return sqlite3_file_control(connection.raw, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0
    }

    /// Runs statements that return nothing of interest. See `sqlite3_exec`.
    func run(_ sql: String) throws(DatabaseError) {
        try DatabaseError.check(sqlite3_exec(connection.raw, sql, nil, nil, nil), of: connection.raw)
    }

    /// Compiles a statement. See `sqlite3_prepare_v3`.
    func prepare(_ sql: String) throws(DatabaseError) -> Statement { try Statement(sql, on: connection) }

    /// The first column of the one row that `sql` returns, as a number; nil if it returns none.
    func number(_ sql: String) throws(DatabaseError) -> Int? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// The first column of the one row that `sql` returns, as text; nil if it returns none.
    func text(_ sql: String) throws(DatabaseError) -> String? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.text(0) : nil
    }

    /// Leaves the write-ahead log as it is when the connection closes.
    func keepLogOnClose() { _ = csqlite_keep_log_on_close(connection.raw) }

    /// Runs `body` in a transaction, which is committed when it returns and undone when it throws.
    ///
    /// When it throws, nothing is kept, unless the error ``DatabaseError/leavesDoubt``.
    func transaction(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        try begin.run()
        do throws(DatabaseError) {
            try body()
            try commit()
        } catch {
            // Many failures have undone it already.
            if isInTransaction { try? run("ROLLBACK") }
            throw error
        }
    }

    private func commit() throws(DatabaseError) {
        do throws(DatabaseError) {
            try end.run()
        } catch {
            var error = error
            error.leavesDoubt = !error.isBeforeCommit
            throw error
        }
    }

    /// Copies all pages to `other`, in portions; `note` is called before each with the pages that are left and with all. In a
    /// transaction they are those of its moment. See `sqlite3_backup_step`.
    func copy(to other: Database, _ note: (_ left: Int, _ all: Int) throws -> Void) throws {
        guard let backup = sqlite3_backup_init(other.connection.raw, "main", connection.raw, "main") else {
            throw DatabaseError(sqlite3_errcode(other.connection.raw), of: other.connection.raw)
        }
        let result = Result {
            repeat {
                try note(Int(sqlite3_backup_remaining(backup)), Int(sqlite3_backup_pagecount(backup)))
            } while sqlite3_backup_step(backup, 512) == SQLITE_OK
        }
        let status = sqlite3_backup_finish(backup)
        try result.get()
        try DatabaseError.check(status, of: other.connection.raw)
    }

    /// The connection itself, which statements keep open.
    final class Connection {
        let raw: OpaquePointer

        init(_ path: String, _ flags: Int32) throws(DatabaseError) {
            var raw: OpaquePointer?
            let status = sqlite3_open_v2(path, &raw, flags, nil)
            guard status == SQLITE_OK, let raw else {
                let error = DatabaseError(status, of: raw)
                sqlite3_close(raw)
                throw error
            }
            self.raw = raw
        }

        deinit { sqlite3_close(raw) }
    }
}
