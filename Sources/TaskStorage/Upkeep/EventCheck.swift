import TaskEngine

/// Compares what an event says with what it says of its task, and with the events before it.
///
/// What stands in one place is compared with nothing: the name of a request, but for a move's, and the time of a deletion.
struct EventCheck {
    private let events: EventTable
    /// The event just before.
    private var former: TaskEvent?
    /// The event that had written the task of `former` before it.
    private var writer: Int?

    init(_ events: EventTable) { self.events = events }

    /// Looks at the next event, behind the one of that number, which has written its task last; returns what is at odds.
    mutating func pass(_ event: TaskEvent, behind writer: Int?) throws(DatabaseError) -> Difference? {
        defer { (former, self.writer) = (event, writer) }
        return try part(of: event).map { .otherEvent(event.sequence, $0) }
    }

    private func part(of event: TaskEvent) throws(DatabaseError) -> Difference.EventPart? {
        switch event.change {
        case .created(let task):
            if task.revision != event.sequence { return .revision }
            if task.since.by > event.sequence { return .since }
            // An imported task has kept its times.
            if event.requestID == "import" { return nil }
            return task.createdAt == event.timestamp && task.updatedAt == event.timestamp ? nil : .timestamp
        case .updated(let task, _, _):
            if task.revision != event.sequence { return .revision }
            if task.since.by > event.sequence { return .since }
            if event.cause?.kind == .claimed, task.work?.lease?.fence != event.sequence { return .fence }
            return task.updatedAt == event.timestamp ? nil : .timestamp
        case .moved(let task, let from, let to): return try part(of: event, moving: task, from, to)
        case .deleted, .project: return nil
        }
    }

    /// A move is a part of the change just before.
    private func part(
        of event: TaskEvent, moving task: TaskRecord, _ from: Int, _ to: Int
    ) throws(DatabaseError) -> Difference.EventPart? {
        if task.revision != event.sequence - 1 { return .revision }
        if task.updatedAt != event.timestamp { return .timestamp }
        if to != task.priority || from == to { return .priority }
        guard let former, former.sequence == event.sequence - 1, former.taskID == task.id else { return nil }
        if former.requestID != event.requestID { return .requestId }
        guard let writer, let before = try events.task(writtenBy: writer) else { return nil }
        return before.priority == from ? nil : .priority
    }
}
