import TaskEngine

/// The events' rows.
struct EventTable {
    private let write, create, read, prune, oldest, old: Statement

    init(_ database: Database) throws(DatabaseError) {
        write = try database.prepare(
            """
            INSERT INTO event (\(Self.columns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        create = try database.prepare(
            """
            INSERT INTO event (seq, name, request_id, time, task_id, \(Statement.fieldColumns), since_seq)
            VALUES (?, 'task.created', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)
            """)
        read = try database.prepare("SELECT \(Self.columns) FROM event WHERE seq > ? ORDER BY seq LIMIT ?")
        prune = try database.prepare("DELETE FROM event WHERE seq <= ?")
        oldest = try database.prepare("SELECT seq, time FROM event ORDER BY seq LIMIT 1")
        old = try database.prepare(
            "SELECT max(seq) FROM (SELECT seq, time FROM event ORDER BY seq LIMIT ?) WHERE time < ?")
    }

    private static let columns =
        "seq, name, request_id, time, task_id, changes, former_project, from_priority, to_priority, "
        + Statement.taskColumns + ", key, cause, cause_by, is_late, payload, result"

    /// The columns behind the task's: from 0 when they are read, and from 1 when they are bound.
    private static let keyColumn = 9 + Statement.taskWidth
    private static let causeColumn = keyColumn + 1
    private static let bodiesColumn = causeColumn + 3

    /// What stands in place of a task's id where an event tells of none.
    private static let noTask = TaskID(high: 0, low: 0)

    func append(_ event: TaskEvent) throws(DatabaseError) {
        if case .created(let task) = event.change, event.isInFields(of: task) { return try append(task, event) }
        write.bind(event.sequence, 1)
        write.bind(event.name, 2)
        write.bind(event.requestID, 3)
        write.bind(event.timestamp.milliseconds, 4)
        write.bind(event.taskID ?? Self.noTask, 5)
        bind(event.change)
        if let key = event.key { write.bind(key, Self.keyColumn + 1) } else { write.bindNull(Self.keyColumn + 1) }
        write.bind(event.cause, from: Self.causeColumn + 1)
        write.bind(event.bodies, from: Self.bodiesColumn + 1)
        try write.run()
    }

    /// Appends the creation of a task that nothing is to be said of but its fields, as of most: the columns that are NULL
    /// are not bound one by one.
    private func append(_ task: TaskRecord, _ event: TaskEvent) throws(DatabaseError) {
        create.bind(event.sequence, 1)
        create.bind(event.requestID, 2)
        create.bind(event.timestamp.milliseconds, 3)
        create.bind(task.id, 4)
        create.bind(fieldsOf: task, from: 5)
        try create.run()
    }

    private func bind(_ change: TaskEvent.Change) {
        write.bindNull(6...9)
        switch change {
        case .created(let task): write.bind(task, from: 10)
        case .updated(let task, let changes, let formerProject):
            write.bind(changes, 6)
            write.bind(formerProject, 7)
            write.bind(task, from: 10)
        case .moved(let task, let from, let to):
            write.bind(from, 8)
            write.bind(to, 9)
            write.bind(task, from: 10)
        case .deleted(_, let project):
            write.bind(project, 7)
            write.bindNull(10...9 + Statement.taskWidth)
        case .project(let name, let settings):
            write.bind(name?.text, 7)
            write.bindNull(10...8 + Statement.taskWidth)
            write.bind(compact: settings, 9 + Statement.taskWidth)
        }
    }

    /// The events behind the one of that number, `limit` of them at most.
    func events(after sequence: Int, limit: Int) throws(DatabaseError) -> [TaskEvent] {
        try rows(after: sequence, limit: limit).map { (number, event) throws(DatabaseError) in
            guard let event else { throw DatabaseError(damage: "the event \(number) cannot be read") }
            return event
        }
    }

    /// The rows behind the one of that number, `limit` of them at most: each with its event, unless it is none.
    ///
    /// - Throws: Also where a row is not in its place: a walk that goes on behind the last of them would not end.
    func rows(after sequence: Int, limit: Int) throws(DatabaseError) -> [(sequence: Int, event: TaskEvent?)] {
        read.bind(sequence, 1)
        read.bind(limit, 2)
        defer { read.reset() }
        var rows: [(sequence: Int, event: TaskEvent?)] = []
        while try read.step() {
            let number = read.integer(0)
            guard number > rows.last?.sequence ?? sequence else {
                throw DatabaseError(damage: "event \(number) is not in its place")
            }
            rows.append((number, event()))
        }
        return rows
    }

    /// The task as the event of that number has left it; nil if it has left none.
    func task(writtenBy number: Int) throws(DatabaseError) -> TaskRecord? {
        switch try rows(after: number - 1, limit: 1).first?.event?.change {
        case .created(let task), .updated(let task, _, _): task
        default: nil
        }
    }

    /// The event in the row at which the reading stands; nil if it is none.
    private func event() -> TaskEvent? {
        let key = read.key(Self.keyColumn)
        guard let id = read.id(4), let change = change(of: id), key != nil || read.isNull(Self.keyColumn),
            let (cause, bodies) = work(), let time = read.time(3)
        else { return nil }
        return TaskEvent(
            change, sequence: read.integer(0), requestID: RequestName(read.text(2)),
            timestamp: time, key: key, cause: cause, bodies: bodies)
    }

    /// What the work queue has to do with the event; nil if it cannot be read.
    private func work() -> (cause: TaskEvent.Cause?, bodies: BodyChange?)? {
        let cause = read.cause(from: Self.causeColumn)
        guard cause != nil || read.isNull(Self.causeColumn), let bodies = read.bodyChange(from: Self.bodiesColumn)
        else { return nil }
        return (cause, bodies == BodyChange() ? nil : bodies)
    }

    private func change(of id: TaskID) -> TaskEvent.Change? {
        let formerProject = read.isNull(6) ? nil : read.text(6)
        let name = read.text(1)
        if name.utf8.elementsEqual("task.deleted".utf8) { return .deleted(id, project: formerProject) }
        if name.utf8.elementsEqual("project.updated".utf8) {
            return read.compact(8 + Statement.taskWidth).map { .project(formerProject.map { PlainText($0) }, $0) }
        }
        guard let task = read.task(id, from: 9) else { return nil }
        if name.utf8.elementsEqual("task.created".utf8) { return .created(task) }
        if name.utf8.elementsEqual("task.moved".utf8) {
            return .moved(task, from: read.integer(7), to: read.integer(8))
        }
        guard name.utf8.elementsEqual("task.updated".utf8) else { return nil }
        let names = read.text(5)
        let changes = TaskField.allCases.filter { field in
            names.utf8.split(separator: UInt8(ascii: ",")).contains { $0.elementsEqual(field.rawValue.utf8) }
        }
        return .updated(task, changes: changes, formerProject: formerProject)
    }

    /// The number of the oldest event, and its time; nil if none is kept.
    func first() throws(DatabaseError) -> (sequence: Int, time: Timestamp)? {
        guard try oldest.step() else { return nil }
        defer { oldest.reset() }
        return (oldest.integer(0), Timestamp(milliseconds: Int64(oldest.integer(1))))
    }

    /// The number of the last one from before `time` among the `count` oldest; nil if there is none.
    ///
    /// - Complexity: O(`count`).
    func last(ofFirst count: Int, before time: Timestamp) throws(DatabaseError) -> Int? {
        old.bind(count, 1)
        old.bind(time.milliseconds, 2)
        guard try old.step() else { return nil }
        defer { old.reset() }
        return old.isNull(0) ? nil : old.integer(0)
    }

    /// Removes all events up to that number.
    func remove(upTo sequence: Int) throws(DatabaseError) {
        prune.bind(sequence, 1)
        try prune.run()
    }
}

extension Statement {
    /// The names of fields, with commas between them.
    fileprivate func bind(_ changes: [TaskField], _ index: Int32) {
        var names = ""
        for field in changes {
            if !names.isEmpty { names += "," }
            names += field.rawValue
        }
        bind(names, index)
    }
}

extension TaskEvent {
    /// Whether the event says nothing of the task that it has created but the task's fields.
    fileprivate func isInFields(of task: TaskRecord) -> Bool {
        key == nil && cause == nil && bodies == nil && task.isInFields
    }
}
