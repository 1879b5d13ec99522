import TaskEngine
import UVCore

/// A store's file as the log's thread has it: all that touches it is here.
///
/// Unchecked, since one thread alone calls it: the one of the ``SQLiteLog`` that has made it.
final class SQLiteStore: @unchecked Sendable {
    /// What has come of an append.
    enum Outcome: Sendable {
        case kept(LogPosition)
        /// Nothing was kept, nor will be.
        case refused(String)
        /// A crash now might leave the events, or not: ``settle()`` finds out.
        case inDoubt(String)
    }

    private let path: String
    private let file: SQLiteFile
    private let tasks: TaskTable
    private let events: EventTable
    private let keyed: KeyedChangeTable
    /// How many rows those are.
    private var keyedCount = 0
    private let noteEnd: Statement
    private var position: LogPosition
    private var lastID: TaskID?
    /// Whether the write-ahead log may have a transaction behind its end that was given up.
    private var isInDoubt = false

    init(_ path: String) throws(LogError) {
        self.path = path
        file = try SQLiteFile(path)
        do throws(DatabaseError) {
            let database = file.database
            tasks = try TaskTable(database)
            events = try EventTable(database)
            keyed = try KeyedChangeTable(database)
            noteEnd = try database.prepare("UPDATE store SET seq = ?, append = ?, last_id = ?")
            (position, lastID) = try SQLiteSchema.end(of: database)
        } catch {
            file.abandon()
            throw .refused(SQLiteFile.explanation(of: error, path))
        }
    }

    func close() throws(DatabaseError) {
        try file.database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    }
}

// MARK: - The start

extension SQLiteStore {
    /// Reads all tasks. When that fails, the files are as they were before ``init(_:)``.
    func load(until interruption: Interruption = Interruption()) throws(LogError) -> LogStart {
        do {
            return try read(until: interruption)
        } catch is UpkeepError {
            throw .refused("its tasks are not read to their end: the server ends")
        } catch let error as LoadError {
            file.abandon()
            throw .refused("cannot use \(path): its tasks do not follow from its events: \(error)")
        } catch {
            file.abandon()
            throw .refused(SQLiteFile.explanation(of: error, path))
        }
    }

    private func read(until interruption: Interruption) throws -> LogStart {
        try lookAtPages()
        let store = try readTasks(until: interruption)
        let (changes, count) = try keyed.changes()
        keyedCount = count
        return LogStart(store: store, position: position, keyed: changes)
    }

    private func readTasks(until interruption: Interruption) throws -> TaskStore {
        var loader = TaskStore.Loader()
        let rows = try file.database.prepare("SELECT id, seq, \(Statement.taskColumns) FROM task ORDER BY id")
        var bodies = try BodyRows(file.database)
        var states = KnownStates()
        var last: TaskID?
        while try rows.step() {
            try interruption.check()
            guard let id = rows.id(0) else { throw DatabaseError(damage: "a row has no task's id") }
            guard let sequence = rows.number(1), let task = rows.task(id, from: 2, &states) else {
                throw DatabaseError(damage: "the row of task \(id) cannot be read")
            }
            // The file has them in this order, so SQLite sorts none.
            if let last, id <= last { throw DatabaseError(damage: "the row of task \(id) is not in its place") }
            last = id
            loader.add(task, at: sequence, bodies: try bodies.bodies(of: id))
        }
        try bodies.finish()
        let projects = try ProjectTable(file.database)
        while let row = try projects.next() { loader.add(row.name, try row.get()) }
        return try loader.finish(at: position.sequence, lastID: lastID)
    }

    /// Has SQLite look at each page of what a start does not read.
    private func lookAtPages() throws(DatabaseError) {
        for table in ["event", "need"] { _ = try file.database.number("SELECT count(*) FROM \(table)") }
    }
}

// MARK: - Appending

extension SQLiteStore {
    /// Writes `events` and the rows that they change in one transaction, and waits until it is on the disk.
    func append(_ events: [TaskEvent], behind position: LogPosition) -> Outcome {
        guard position == self.position else { return .refused("the store does not end where the server thinks") }
        if file.database.hasMoved { return .refused("\(path) was moved or deleted") }
        let end = LogPosition(
            epoch: position.epoch, sequence: events.last?.sequence ?? position.sequence, append: position.append + 1)
        var lastID = lastID
        do throws(DatabaseError) {
            try file.database.transaction { () throws(DatabaseError) in
                try write(events, noting: &lastID)
                try note(end, lastID)
            }
        } catch {
            guard error.leavesDoubt else { return .refused("\(path): \(error.message)") }
            isInDoubt = true
            return .inDoubt("\(path): \(error.message)")
        }
        (self.position, self.lastID) = (end, lastID)
        keyedCount += events.count { $0.key != nil }
        return .kept(end)
    }

    private func write(_ batch: [TaskEvent], noting lastID: inout TaskID?) throws(DatabaseError) {
        var run: TaskRows.Run?
        for event in batch {
            try events.append(event)
            if event.key != nil, let change = event.keyedChange { try keyed.add(change) }
            if case .created(let task) = event.change { lastID = lastID.map { max($0, task.id) } ?? task.id }
            try tasks.apply(event, joining: &run)
        }
        try tasks.write(&run)
    }

    private func note(_ end: LogPosition, _ lastID: TaskID?) throws(DatabaseError) {
        noteEnd.bind(end.sequence, 1)
        noteEnd.bind(Int64(bitPattern: end.append), 2)
        if let lastID { noteEnd.bind(lastID, 3) } else { noteEnd.bindNull(3) }
        try noteEnd.run()
    }

    /// Finds out whether the file can be written again, by writing; nil if it can, else why not.
    ///
    /// After a sync that has failed, the write-ahead log may hold the transaction that was given up, and a start after a
    /// crash would take it for a good one. So the log is emptied first and begun anew: the write that follows gives it
    /// another salt, with which no frame of before is valid, and syncs that.
    func settle() -> String? {
        if file.database.hasMoved { return "\(path) was moved or deleted" }
        do throws(DatabaseError) {
            if isInDoubt, try file.database.number("PRAGMA wal_checkpoint(TRUNCATE)") != 0 {
                return "\(path): a reader holds up the write-ahead log"
            }
            try file.database.transaction { () throws(DatabaseError) in try note(position, lastID) }
            isInDoubt = false
            return nil
        } catch {
            return "\(path): \(error.message)"
        }
    }
}

// MARK: - History

extension SQLiteStore {
    /// The events behind the one of that number, `limit` of them at most.
    ///
    /// One that need not be kept any more is gone in that moment, though its row may be there until the next ``prune(_:now:)``:
    /// so a reader finds the limits as they are.
    func history(
        after sequence: Int, limit: Int, within limits: HistoryLimits, now: Timestamp
    ) throws(LogError) -> LogHistory {
        do throws(DatabaseError) {
            let first = max(try events.first()?.sequence ?? position.sequence + 1, position.sequence - limits.count + 1)
            guard sequence >= first - 1, sequence <= position.sequence else { return .gone }
            let found = try events.events(after: sequence, limit: limit)
            if let next = found.first, next.timestamp < limits.oldestTime(now) { return .gone }
            return .events(found)
        } catch {
            throw .refused("\(path): \(error.message)")
        }
    }

    /// Removes events and keys that need not be kept any more, 1,000 of each at most, so that no append waits long.
    ///
    /// - Returns: Whether there are more of them.
    func prune(_ limits: HistoryLimits, now: Timestamp) -> Bool {
        // What cannot be removed now is tried again; the next append finds out what is wrong.
        let hasMoreEvents = (try? pruned(limits, now)) ?? false
        let hasMoreKeys = (try? prunedKeys(now)) ?? false
        return hasMoreEvents || hasMoreKeys
    }

    private func prunedKeys(_ now: Timestamp) throws(DatabaseError) -> Bool {
        let removed = try keyed.prune(
            surplus: keyedCount - KeyedChanges.standardLimit,
            before: Timestamp(milliseconds: now.milliseconds - KeyedChange.lifetime))
        keyedCount -= removed
        return removed == KeyedChangeTable.portion
    }

    private func pruned(_ limits: HistoryLimits, _ now: Timestamp) throws(DatabaseError) -> Bool {
        guard let (first, time) = try events.first() else { return false }
        let oldestTime = limits.oldestTime(now)
        var last = min(position.sequence - limits.count, first + 999)
        // While the oldest may stay, no other is looked at.
        if time < oldestTime { last = max(last, try events.last(ofFirst: 1_000, before: oldestTime) ?? 0) }
        guard last >= first else { return false }
        try events.remove(upTo: last)
        return last >= first + 999
    }
}
