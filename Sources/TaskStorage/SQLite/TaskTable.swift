import TaskEngine

/// The tasks' rows: what the events add up to.
struct TaskTable {
    private let rows: TaskRows
    private let remove, shorten, read: Statement
    private let addNeed, removeNeed, findNeeding: Statement
    private let bodies: BodyTable
    private let projects: ProjectTable

    init(_ database: Database) throws(DatabaseError) {
        rows = try TaskRows(database)
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
        var run: TaskRows.Run?
        try apply(event, joining: &run)
        try write(&run)
    }

    /// The same, but that the row of the task itself may join a run, which is to be written before all else that looks at it.
    func apply(_ event: TaskEvent, joining run: inout TaskRows.Run?) throws(DatabaseError) {
        switch event.change {
        case .created(let task):
            for needed in task.dependencies { try addNeed.run(needed, task.id) }
            try rows.add(task, at: event.sequence, isNew: true, to: &run)
            if let change = event.bodies { try bodies.apply(change, to: task.id) }
        case .updated(let task, let changes, _):
            if changes.contains(.dependencies) {
                try rows.write(&run)
                try replaceNeeds(of: task)
            }
            try rows.add(task, at: event.sequence, isNew: false, to: &run)
            if let change = event.bodies { try bodies.apply(change, to: task.id) }
        case .project(let name, let settings): try projects.write(name, settings)
        case .moved: break  // The row has it from the `.updated` just before.
        case .deleted(let id, _):
            try rows.write(&run)
            try delete(id, at: event.sequence)
        }
    }

    /// Writes the rows that the run has, and ends it.
    func write(_ run: inout TaskRows.Run?) throws(DatabaseError) { try rows.write(&run) }

    private func delete(_ id: TaskID, at sequence: Int) throws(DatabaseError) {
        for needed in try needs(of: id) { try removeNeed.run(needed, id) }
        remove.bind(id, 1)
        try remove.run()
        try bodies.remove(id)
        for task in try tasks(needing: id) { try shorten(task, by: id, at: sequence) }
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
