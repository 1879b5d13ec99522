package import TaskEngine

/// A store's file for reading, beside the server that writes it or without one. All that is read is of one moment: that in
/// which the file was opened.
///
/// As long as it is open, the server's write-ahead log grows. It makes no file, and leaves those that are there as they are.
package final class StoreReader {
    package let path: String
    let database: Database
    private let rows: Statement
    /// Nil in a store of a version that had none.
    private var bodies: BodyRows?

    /// - Throws: If there is no file, or another one than a store.
    package init(_ path: String) throws(UpkeepError) {
        self.path = path
        try Self.look(at: path)
        do {
            let hasLog = SystemFiles.size(of: "\(SystemFiles.target(of: path))-wal") ?? 0 > 0
            // Open for writing: without a server, memory that readers share has to be made first.
            database = try Database(SQLiteFile.name(of: path), mayCreate: false)
            if hasLog { database.keepLogOnClose() }
            let version = try SQLiteFile.version(of: database)
            guard version > 0 else {
                throw LogError.refused("it is empty: no server has made a store of it")
            }
            try database.run("BEGIN")
            // The moment is that of the first look.
            _ = try database.number("SELECT seq FROM store")
            let columns = version < SQLiteSchema.workVersion ? Statement.plainColumns : Statement.taskColumns
            rows = try database.prepare("SELECT id, seq, \(columns) FROM task ORDER BY id")
            if version >= SQLiteSchema.workVersion { bodies = try BodyRows(database) }
        } catch {
            throw .failed(SQLiteFile.explanation(of: error, path))
        }
    }

    private static func look(at path: String) throws(UpkeepError) {
        let head: [UInt8]?
        do throws(SystemError) {
            head = try SystemFiles.head(of: path, count: 100, access: .reading)
        } catch {
            throw .failed("cannot open \(path): \(error.message)")
        }
        guard let head else { throw .failed("there is no file \(path)") }
        guard SQLiteFile.mayBeStore(head) else { throw .failed("\(path) is not a database") }
        if SystemFiles.hasOtherName(path) { throw .failed("cannot use \(path): \(SQLiteFile.otherName)") }
    }

    /// How many tasks there are. O(*n*).
    package func countTasks() throws(UpkeepError) -> Int {
        do throws(DatabaseError) {
            return try database.number("SELECT count(*) FROM task") ?? 0
        } catch {
            throw UpkeepError(error, path)
        }
    }

    /// The next task in the order of ids, and what it carries; nil behind the last.
    package func nextTask() throws(UpkeepError) -> (task: TaskRecord, bodies: TaskBodies)? {
        do throws(DatabaseError) {
            guard try rows.step() else { return nil }
            guard let id = rows.id(0), let task = rows.task(id, from: 2) else {
                throw DatabaseError(damage: "a task's row cannot be read")
            }
            return (task, try bodies?.bodies(of: id) ?? TaskBodies())
        } catch {
            throw UpkeepError(error, path)
        }
    }
}
