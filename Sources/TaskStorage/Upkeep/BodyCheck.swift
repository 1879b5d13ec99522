import TaskEngine

/// Compares the rows of payloads and results with the events that have put them there last.
///
/// Where old events were removed, what they have put there is taken as it is. No body is kept here, only numbers.
struct BodyCheck {
    /// The events that have spoken last of a task's bodies; nil if none has.
    private struct Writers {
        var payload: Int?
        var result: Int?
    }

    private let events: EventTable
    private let rows: Statement
    private let findTask: Statement
    private var writers: [TaskID: Writers] = [:]

    init(_ database: Database, _ events: EventTable) throws(DatabaseError) {
        self.events = events
        rows = try database.prepare("SELECT task_id, payload, result FROM body ORDER BY task_id")
        findTask = try database.prepare("SELECT 1 FROM task WHERE id = ?")
    }

    /// Notes what the next event says.
    mutating func pass(_ event: TaskEvent) {
        guard let id = event.taskID else { return }
        if case .deleted = event.change { writers[id] = nil }
        guard let change = event.bodies else { return }
        if change.payload != nil { writers[id, default: Writers()].payload = event.sequence }
        if change.result != nil { writers[id, default: Writers()].result = event.sequence }
    }

    /// Returns what the next row is at odds with, which may be nothing; nil behind the last row.
    ///
    /// - Parameter isWhole: Whether the first event of all was among them.
    mutating func nextRow(isWhole: Bool) throws(DatabaseError) -> [Difference]? {
        guard try rows.step() else { return nil }
        guard let id = rows.id(0) else { return [.unreadableBodies(nil)] }
        let writers = writers.removeValue(forKey: id) ?? Writers()
        guard let bodies = rows.bodies(from: 1) else { return [.unreadableBodies(id)] }
        guard try hasTask(id) else { return [.surplusBodies(id)] }
        if isWhole, writers.payload == nil, writers.result == nil { return [.surplusBodies(id)] }
        let told = try told(by: writers)
        var differences: [Difference] = []
        if let number = writers.payload, bodies.payload != told.payload {
            differences.append(.other(id, .payload, than: number))
        }
        if let number = writers.result, bodies.result != told.result {
            differences.append(.other(id, .result, than: number))
        }
        return differences
    }

    /// Returns the tasks that have no row, and should have one, behind the last row.
    func missing() throws(DatabaseError) -> [Difference] {
        var missing: [Difference] = []
        for (id, writers) in writers.sorted(by: { $0.key < $1.key }) {
            if try told(by: writers).isEmpty { continue }
            missing.append(.missingBodies(id, writtenBy: max(writers.payload ?? 0, writers.result ?? 0)))
        }
        return missing
    }

    /// What those events have put there.
    private func told(by writers: Writers) throws(DatabaseError) -> TaskBodies {
        let (payload, result) = (try change(by: writers.payload)?.payload, try change(by: writers.result)?.result)
        return TaskBodies(payload: payload ?? nil, result: result ?? nil)
    }

    private func change(by number: Int?) throws(DatabaseError) -> BodyChange? {
        guard let number else { return nil }
        return try events.rows(after: number - 1, limit: 1).first?.event?.bodies
    }

    private func hasTask(_ id: TaskID) throws(DatabaseError) -> Bool {
        findTask.bind(id, 1)
        defer { findTask.reset() }
        return try findTask.step()
    }
}
