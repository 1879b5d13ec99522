import TaskEngine

/// The rows of payloads and results: of each task that has one of them.
struct BodyTable {
    private let putPayload, putResult, clear, remove: Statement

    init(_ database: Database) throws(DatabaseError) {
        putPayload = try Self.put("payload", database)
        putResult = try Self.put("result", database)
        clear = try database.prepare("DELETE FROM body WHERE task_id = ? AND payload IS NULL AND result IS NULL")
        remove = try database.prepare("DELETE FROM body WHERE task_id = ?")
    }

    private static func put(_ column: String, _ database: Database) throws(DatabaseError) -> Statement {
        try database.prepare(
            """
            INSERT INTO body (task_id, \(column)) VALUES (?, ?)
            ON CONFLICT (task_id) DO UPDATE SET \(column) = excluded.\(column)
            """)
    }

    /// Brings a task's row to where it is behind an event that says so.
    func apply(_ change: BodyChange, to id: TaskID) throws(DatabaseError) {
        if let payload = change.payload { try run(putPayload, id, payload) }
        if let result = change.result { try run(putResult, id, result) }
        if change.takesAway { try run(clear, id) }
    }

    func remove(_ id: TaskID) throws(DatabaseError) { try run(remove, id) }

    private func run(_ statement: Statement, _ id: TaskID, _ body: JSONBody?) throws(DatabaseError) {
        statement.bind(body, 2)
        try run(statement, id)
    }

    private func run(_ statement: Statement, _ id: TaskID) throws(DatabaseError) {
        statement.bind(id, 1)
        try statement.run()
    }
}

/// The rows of bodies in the order of their tasks' ids, read beside the tasks.
struct BodyRows {
    private let rows: Statement
    /// The row that no task has come to; nil behind the last.
    private var next: (id: TaskID, bodies: TaskBodies?)?

    init(_ database: Database) throws(DatabaseError) {
        rows = try database.prepare("SELECT task_id, payload, result FROM body ORDER BY task_id")
        try goOn()
    }

    /// Comes to the task of that id, the next one, and returns its bodies.
    ///
    /// - Throws: If they cannot be read, or the row before them is none of a task's.
    mutating func bodies(of id: TaskID) throws(DatabaseError) -> TaskBodies {
        guard let row = next, row.id <= id else { return TaskBodies() }
        guard row.id == id else { throw Self.surplus(row.id) }
        guard let bodies = row.bodies else { throw DatabaseError(damage: "the bodies of task \(id) cannot be read") }
        try goOn()
        return bodies
    }

    /// Says that there is no other task.
    func finish() throws(DatabaseError) {
        if let row = next { throw Self.surplus(row.id) }
    }

    private mutating func goOn() throws(DatabaseError) {
        next = nil
        guard try rows.step() else { return }
        guard let id = rows.id(0) else { throw DatabaseError(damage: "a row of bodies has no task's id") }
        next = (id, rows.bodies(from: 1))
    }

    private static func surplus(_ id: TaskID) -> DatabaseError {
        DatabaseError(damage: "there are bodies of task \(id), and no such task")
    }
}

extension BodyChange {
    /// Whether something that was there is taken away.
    fileprivate var takesAway: Bool { payload == .some(nil) || result == .some(nil) }
}

extension Statement {
    func bind(_ body: JSONBody?, _ index: Int32) {
        if let body { bind(utf8: body.bytes.span.bytes, index) } else { bindNull(index) }
    }

    /// The text of a body; nil if something else stands there.
    func body(_ column: Int32) -> JSONBody? {
        guard isText(column) else { return nil }
        let bytes = bytes(column)
        guard !bytes.isEmpty, (try? UTF8Span(validating: bytes.span)) != nil else { return nil }
        return JSONBody(checked: bytes)
    }

    /// A payload and a result, one of them at least, that stand beside each other; nil if something else does.
    func bodies(from column: Int32) -> TaskBodies? {
        let bodies = TaskBodies(payload: body(column), result: body(column + 1))
        guard (bodies.payload != nil) != isNull(column), (bodies.result != nil) != isNull(column + 1) else {
            return nil
        }
        return bodies.isEmpty ? nil : bodies
    }
}
