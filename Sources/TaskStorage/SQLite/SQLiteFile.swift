import TaskEngine

/// A store's file, opened as the one server that writes it. Everything is checked before anything is changed.
///
/// ```
///  its first bytes ─▶ the lock ─▶ whose tables, which version ─▶ WAL, synchronous=FULL ─▶ migrated
/// ```
///
/// A start that fails leaves the files as they were, and makes none.
struct SQLiteFile {
    let database: Database
    private let leavings: Leavings

    /// What is at `path`, or a new store.
    init(_ path: String) throws(LogError) {
        guard !path.utf8.contains(0), !path.isEmpty else { throw .refused("\(path) is no name of a file") }
        let isNew = try Self.look(at: path)
        // All links to a file have one lock.
        let target = SystemFiles.target(of: path)
        leavings = Leavings(target, isNew: isNew, lock: try Self.lock(target))
        var database: Database?
        do {
            let opened = try Database(leavings.name, mayCreate: isNew)
            database = opened
            try Self.prepare(opened)
            self.database = opened
        } catch {
            if leavings.hadLog { database?.keepLogOnClose() }
            database = nil
            leavings.remove()
            throw .refused(Self.explanation(of: error, path))
        }
    }

    /// Leaves the files as they were before: the start has failed further on.
    func abandon() {
        if leavings.hadLog { database.keepLogOnClose() }
        leavings.remove()
    }

    /// Whether there is no file yet. One that is there must be ours, and writable.
    private static func look(at path: String) throws(LogError) -> Bool {
        let head: [UInt8]?
        do throws(SystemError) {
            head = try SystemFiles.head(of: path, count: 100, access: .writing)
        } catch {
            throw .refused("cannot open \(path): \(error.message)")
        }
        guard let head else { return true }
        guard mayBeStore(head) else { throw .refused("\(path) is not a database") }
        if SystemFiles.hasOtherName(path) { throw .refused("cannot use \(path): \(otherName)") }
        return false
    }

    /// Why a file of two names is not opened: each name would have a lock and a write-ahead log of its own.
    static let otherName = "it has another name too, a hard link; use a copy, or remove one of the names"

    /// Whether a file that begins so is a database: an empty one is one without tables.
    static func mayBeStore(_ head: [UInt8]) -> Bool {
        head.isEmpty || head.count == 100 && head.starts(with: "SQLite format 3\0".utf8)
    }

    /// The path as no name that SQLite reads otherwise, such as `:memory:`.
    static func name(of path: String) -> String { path.utf8.first == UInt8(ascii: "/") ? path : "./\(path)" }

    private static func lock(_ path: String) throws(LogError) -> FileLock {
        do throws(SystemError) {
            if let lock = try FileLock("\(path)-lock") { return lock }
        } catch {
            throw .refused("cannot lock \(path)-lock: \(error.message)")
        }
        throw .refused("another server uses \(path): it holds \(path)-lock")
    }

    private static func prepare(_ database: Database) throws {
        if database.isReadOnly { throw LogError.refused("it can only be read") }
        // A page is looked at when it is read: cells that overlap, or lie beyond its end, are damage.
        try database.run("PRAGMA cell_size_check = ON")
        _ = try version(of: database)
        guard try database.text("PRAGMA journal_mode = WAL")?.utf8.elementsEqual("wal".utf8) == true else {
            throw LogError.refused("its file system cannot share memory, which the write-ahead log needs")
        }
        try database.run("PRAGMA synchronous = FULL")
        guard try database.number("PRAGMA synchronous") == 2 else {
            throw LogError.refused("SQLite does not sync each commit")
        }
        try SQLiteSchema.migrate(database, epoch: .random())
    }

    /// The version of a store; 0 for a database without tables.
    static func version(of database: Database) throws -> Int {
        let application = try database.number("PRAGMA application_id") ?? 0
        let version = try database.number("PRAGMA user_version") ?? 0
        let tables = try database.number("SELECT count(*) FROM sqlite_schema") ?? 0
        guard application == SQLiteSchema.application || (application, version, tables) == (0, 0, 0) else {
            throw LogError.refused("it is the database of another program")
        }
        guard version <= SQLiteSchema.version else {
            throw LogError.refused(
                "its version is \(version), and this taskflow knows those up to \(SQLiteSchema.version): a newer one wrote it"
            )
        }
        return version
    }

    /// What is wrong, in one sentence that names the file.
    static func explanation(of error: any Error, _ path: String) -> String {
        switch error {
        case let error as DatabaseError: "cannot use \(path): \(error.message)"
        case let error as LogError: "cannot use \(path): \(error.message)"
        default: "cannot use \(path): \(error)"
        }
    }
}

/// What a start has made, and takes away when it fails. It holds the lock.
private struct Leavings {
    let name: String
    /// Whether a write-ahead log was there, with what no other file has.
    let hadLog: Bool
    private let isNew: Bool
    private let lock: FileLock

    init(_ path: String, isNew: Bool, lock: FileLock) {
        name = SQLiteFile.name(of: path)
        hadLog = SystemFiles.size(of: "\(path)-wal") ?? 0 > 0
        self.isNew = isNew
        self.lock = lock
    }

    func remove() {
        if isNew { for ending in ["", "-wal", "-shm"] { SystemFiles.remove(name + ending) } }
        lock.removeIfNew()
    }
}
