import CSQLite

/// A failure that SQLite reported.
struct DatabaseError: Error, Sendable {
    /// SQLite's extended result code, such as `SQLITE_IOERR_FSYNC`. See "Result and Error Codes" of SQLite.
    let code: Int32

    /// One sentence for people.
    let message: String

    /// The result code without what extends it, such as `SQLITE_IOERR`.
    var kind: Int32 { code & 0xff }

    /// Whether the file is not what SQLite has written.
    var isDamage: Bool { [SQLITE_CORRUPT, SQLITE_NOTADB].contains(kind) }

    /// Whether it ended a commit in such a way that a crash now might leave the transaction, or not.
    var leavesDoubt = false

    /// Whether nothing of a commit can be on the disk that failed so: its last page, which makes it one, was not written.
    var isBeforeCommit: Bool { [SQLITE_FULL, SQLITE_BUSY].contains(kind) || code == SQLITE_IOERR | 3 << 8 }

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// The failure that `database` has just reported.
    init(_ code: Int32, of database: OpaquePointer?) {
        self.code = code
        let text = sqlite3_errmsg(database).map { String(cString: $0) } ?? ""
        let cause = Self.cause(code, errno: database.map { sqlite3_system_errno($0) } ?? 0)
        message = cause.map { "\(text) (\($0))" } ?? text
    }

    /// What the system says of it, where SQLite's own words leave that out.
    private static func cause(_ code: Int32, errno: Int32) -> String? {
        guard [SQLITE_IOERR, SQLITE_CANTOPEN].contains(code & 0xff), errno > 0 else { return nil }
        return SystemError.message(errno)
    }

    /// Throws unless `status` is `SQLITE_OK`.
    static func check(_ status: Int32, of database: OpaquePointer?) throws(DatabaseError) {
        if status != SQLITE_OK { throw DatabaseError(status, of: database) }
    }
}

extension DatabaseError {
    /// What SQLite has read is nothing that a server has written.
    init(damage: String) {
        self.init(code: SQLITE_CORRUPT, message: damage)
    }
}
