package import TaskEngine

/// Fills an empty store, as its one writer: all the tasks that are added, or none.
///
/// ```swift
/// let store = try StoreImport(path, at: now)
/// for task in tasks { if let conflict = try store.add(task) { … } }
/// try store.finish()                              // without this, nothing is kept
/// ```
///
/// The history begins anew: it gets another name and goes on above all numbers that were given, and each task is an event
/// of it, so that the tasks are what the log adds up to.
package final class StoreImport {
    /// Why a task cannot be beside another one.
    package enum Conflict: Equatable {
        case id
        /// The other one, which has not ended either.
        case uniqueKey(TaskID)
    }

    package private(set) var count = 0

    private let path: String
    private let file: SQLiteFile
    private let tasks: TaskTable
    private let events: EventTable
    private let find: Statement
    private let now: Timestamp
    private var sequence: Int
    private var lastID: TaskID?
    /// The tasks that have not ended, by their unique keys.
    private var holders: [UniqueName: TaskID] = [:]
    private var isFinished = false

    /// - Throws: If there are tasks, a server uses the file, or it is no store. The files are as they were then.
    package init(_ path: String, at now: Timestamp) throws(UpkeepError) {
        self.path = path
        self.now = now
        do throws(LogError) { file = try SQLiteFile(path) } catch { throw UpkeepError(error) }
        do {
            let database = file.database
            tasks = try TaskTable(database)
            events = try EventTable(database)
            find = try database.prepare("SELECT 1 FROM task WHERE id = ?")
            guard try database.number("SELECT 1 FROM task LIMIT 1") == nil else {
                throw LogError.refused("it has tasks, and an import goes into an empty store only")
            }
            let end = try SQLiteSchema.end(of: database)
            sequence = LogPosition.nextBeginning(after: end.position.sequence)
            lastID = end.lastID
            try database.run("BEGIN IMMEDIATE")
            try database.run("DELETE FROM event")
            try keepProjects(database)
        } catch {
            file.abandon()
            throw .failed(SQLiteFile.explanation(of: error, path))
        }
    }

    deinit {
        guard !isFinished else { return }
        try? file.database.run("ROLLBACK")
        file.abandon()
    }

    /// Begins the history with the settings of projects that are there.
    private func keepProjects(_ database: Database) throws(DatabaseError) {
        let projects = try ProjectTable(database)
        while let row = try projects.next() {
            sequence += 1
            let change = TaskEvent.Change.project(row.name, try row.get())
            try events.append(TaskEvent(change, sequence: sequence, requestID: "import", timestamp: now))
        }
    }

    /// Adds a task, whose revision is what it becomes here, and what it carries. It waits since it was created, and is in
    /// another state since it was changed, as far as these times are not still to come.
    ///
    /// - Returns: Why it was not added; nil if it was.
    package func add(_ task: TaskRecord, _ bodies: TaskBodies = TaskBodies()) throws(UpkeepError) -> Conflict? {
        do throws(DatabaseError) {
            find.bind(task.id, 1)
            let isThere = try find.step()
            find.reset()
            if isThere { return .id }
            if let name = task.uniqueName {
                if let holder = holders[name] { return .uniqueKey(holder) }
                holders[name] = task.id
            }
            sequence += 1
            var task = task
            task.revision = sequence
            let since = task.status == .pending ? task.createdAt : task.updatedAt
            task.since = Since(at: min(since, now).milliseconds, by: sequence)
            let event = TaskEvent(
                .created(task), sequence: sequence, requestID: "import", timestamp: now, bodies: BodyChange(bodies))
            try events.append(event)
            try tasks.apply(event)
            lastID = max(lastID ?? task.id, task.id)
            count += 1
            return nil
        } catch {
            throw UpkeepError(error, path)
        }
    }

    /// Keeps what was added: when it returns, it is on the disk.
    package func finish() throws(UpkeepError) {
        do throws(DatabaseError) {
            let database = file.database
            try SQLiteSchema.name(.random(), in: database)
            let note = try database.prepare("UPDATE store SET seq = ?, append = append + 1, last_id = ?")
            note.bind(sequence, 1)
            if let lastID { note.bind(lastID, 2) } else { note.bindNull(2) }
            try note.run()
            try database.run("COMMIT")
        } catch {
            throw UpkeepError(error, path)
        }
        isFinished = true
    }
}

extension BodyChange {
    /// Says of a new task what it carries; nil if that is nothing.
    fileprivate init?(_ bodies: TaskBodies) {
        if bodies.isEmpty { return nil }
        self.init(payload: bodies.payload.map(Optional.some), result: bodies.result.map(Optional.some))
    }
}
