import TaskEngine

/// The tasks' rows: what the events add up to.
struct TaskTable {
    private let create, write, remove, shorten: Statement
    private let read: Statement
    private let addNeed, removeNeed, findNeeding: Statement
    private let bodies: BodyTable
    private let projects: ProjectTable

    init(_ database: Database) throws(DatabaseError) {
        create = try database.prepare(
            """
            INSERT INTO task (id, seq, \(Statement.taskColumns))
            SELECT task_id, seq, \(Statement.taskColumns) FROM event WHERE seq BETWEEN ? AND ?
            """)
        write = try database.prepare(
            """
            INSERT INTO task (id, seq, \(Statement.taskColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, revision = excluded.revision, title = excluded.title,
            description = excluded.description, status = excluded.status, priority = excluded.priority,
            project = excluded.project, updated = excluded.updated, dependencies = excluded.dependencies,
            since_at = excluded.since_at, since_seq = excluded.since_seq, work = excluded.work
            """)
        remove = try database.prepare("DELETE FROM task WHERE id = ?")
        shorten = try database.prepare(
            """
            UPDATE task SET seq = ?, since_seq = coalesce(since_seq, revision), revision = ?, dependencies = ? WHERE id = ?
            """)
        read = try database.prepare("SELECT dependencies FROM task WHERE id = ?")
        addNeed = try database.prepare("INSERT OR IGNORE INTO need VALUES (?, ?)")
        removeNeed = try database.prepare("DELETE FROM need WHERE needed = ? AND task = ?")
        findNeeding = try database.prepare("SELECT task FROM need WHERE needed = ?")
        bodies = try BodyTable(database)
        projects = try ProjectTable(database)
    }

    /// Brings the rows to where they are behind `event`, whose own row is written.
    ///
    /// - Complexity: O(edges that change) rows; a deletion also writes the tasks that needed it.
    func apply(_ event: TaskEvent) throws(DatabaseError) {
        switch event.change {
        case .created(let task):
            try addParts(of: task, createdBy: event)
            try addTasks(createdBy: event.sequence...event.sequence)
        case .updated(let task, let changes, _):
            if changes.contains(.dependencies) { try replaceNeeds(of: task) }
            try write(task, at: event.sequence)
            if let change = event.bodies { try bodies.apply(change, to: task.id) }
        case .project(let name, let settings): try projects.write(name, settings)
        case .moved: break  // The row has it from the `.updated` just before.
        case .deleted(let id, _):
            for needed in try needs(of: id) { try removeNeed.run(needed, id) }
            remove.bind(id, 1)
            try remove.run()
            try bodies.remove(id)
            for task in try tasks(needing: id) { try shorten(task, by: id, at: event.sequence) }
        }
    }

    /// Adds the rows of the tasks that these events have created, one by each. SQLite takes them from the events' rows, so
    /// that nothing is bound for them, and many take one run of a statement.
    func addTasks(createdBy events: ClosedRange<Int>) throws(DatabaseError) {
        create.bind(events.lowerBound, 1)
        create.bind(events.upperBound, 2)
        try create.run()
    }

    /// Adds the rows that say what a new task needs, and that of its bodies.
    func addParts(of task: TaskRecord, createdBy event: TaskEvent) throws(DatabaseError) {
        for needed in task.dependencies { try addNeed.run(needed, task.id) }
        if let change = event.bodies { try bodies.apply(change, to: task.id) }
    }

    private func write(_ task: TaskRecord, at sequence: Int) throws(DatabaseError) {
        write.bind(task.id, 1)
        write.bind(sequence, 2)
        write.bind(task, from: 3)
        try write.run()
    }

    private func replaceNeeds(of task: TaskRecord) throws(DatabaseError) {
        let former = Set(try needs(of: task.id)), new = Set(task.dependencies)
        for needed in former where !new.contains(needed) { try removeNeed.run(needed, task.id) }
        for needed in new where !former.contains(needed) { try addNeed.run(needed, task.id) }
    }

    private func shorten(_ task: TaskID, by id: TaskID, at sequence: Int) throws(DatabaseError) {
        try removeNeed.run(id, task)
        shorten.bind(sequence, 1)
        shorten.bind(sequence, 2)
        shorten.bind(try needs(of: task).filter { $0 != id }, 3)
        shorten.bind(task, 4)
        try shorten.run()
    }

    private func needs(of id: TaskID) throws(DatabaseError) -> [TaskID] {
        read.bind(id, 1)
        guard try read.step() else { return [] }
        defer { read.reset() }
        return read.ids(0) ?? []
    }

    private func tasks(needing id: TaskID) throws(DatabaseError) -> [TaskID] {
        findNeeding.bind(id, 1)
        var tasks: [TaskID] = []
        while try findNeeding.step() {
            if let task = findNeeding.id(0) { tasks.append(task) }
        }
        return tasks
    }
}

extension Statement {
    /// Runs a statement about two ids.
    fileprivate func run(_ first: TaskID, _ second: TaskID) throws(DatabaseError) {
        bind(first, 1)
        bind(second, 2)
        try run()
    }
}
