package import TaskEngine

/// Something in which the tasks' rows are not what the events add up to, or the events do not follow one another.
package enum Difference: Equatable, Sendable {
    /// A column of a task's row, by the name that the task's JSON has for it.
    package enum Column: Sendable {
        case title, description, status, priority, dependencies, project, createdAt, updatedAt, payload, result
        /// Since when the task is in its state.
        case since
        /// All that the work queue knows of it.
        case work
        /// What the ETag is made of.
        case revision
        /// The number of the event that changed it last.
        case sequence
    }

    /// What an event says, by the name that its JSON has for it.
    package enum EventPart: Sendable {
        case revision, priority, timestamp, requestId, since, fence
    }

    /// SQLite finds the file damaged, in its own words.
    case damage(String)
    case missingEvents(from: Int, to: Int)
    case unreadableEvent(Int)
    case eventsBehindEnd(Int, end: Int)
    /// The event does not agree with its task, or with those before it.
    case otherEvent(Int, EventPart)
    case createdTwice(TaskID, by: Int)
    case changedWithoutTask(TaskID, by: Int)
    /// A change of place in the queue has no change of the task before it.
    case movedAlone(TaskID, by: Int)
    case unreadableTask(TaskID?)
    case missingTask(TaskID, writtenBy: Int)
    case deletedTask(TaskID, by: Int)
    /// No event has created the task.
    case untold(TaskID)
    /// The event that the row names has not changed the task.
    case wrongNumber(TaskID, sequence: Int)
    case other(TaskID, Column, than: Int)
    case missingNeed(TaskID, needed: TaskID)
    case surplusNeed(TaskID, needed: TaskID)
    case unreadableBodies(TaskID?)
    case missingBodies(TaskID, writtenBy: Int)
    /// There is no such task, or no event has given it bodies.
    case surplusBodies(TaskID)
    case unreadableProject(PlainText?)
    case missingProject(PlainText?, writtenBy: Int)
    case surplusProject(PlainText?)
    case otherProject(PlainText?, than: Int)
    /// The row of the change under a key that begins with the event of that number.
    case unreadableKey(Int)
    case missingKey(Int)
    case surplusKey(Int)
    case otherKey(Int)
    /// The id is above the highest that was given.
    case idNeverGiven(TaskID)
}

extension Difference: CustomStringConvertible {
    /// One line for the operator.
    package var description: String {
        switch self {
        case .damage(let text): "the file is damaged: \(text)"
        case .missingEvents(let from, let to):
            from == to ? "event \(from) is missing" : "the events \(from) to \(to) are missing"
        case .unreadableEvent(let number): "event \(number) cannot be read"
        case .eventsBehindEnd(let number, let end): "the events go on to \(number), and the log ends with \(end)"
        case .otherEvent(let number, let part): "event \(number): its \(part) is another than it was"
        case .createdTwice(let id, let number): "event \(number) creates task \(id), which is there already"
        case .changedWithoutTask(let id, let number): "event \(number) changes task \(id), which is not there"
        case .movedAlone(let id, let number):
            "event \(number) moves task \(id), which event \(number - 1) has not changed"
        case .unreadableTask(let id): id.map { "task \($0): its row cannot be read" } ?? "a row has no task's id"
        case .missingTask(let id, let number): "task \(id) is missing: event \(number) has written it"
        case .deletedTask(let id, let number): "task \(id) is there, and event \(number) has deleted it"
        case .untold(let id): "task \(id) is there, and no event has created it"
        case .wrongNumber(let id, let sequence): "task \(id): event \(sequence) has not changed it, as its row says"
        case .other(let id, let column, let number):
            "task \(id): its \(column) is another than event \(number) has left"
        case .missingNeed(let id, let needed): "task \(id) needs \(needed): the row that says so is missing"
        case .surplusNeed(let id, let needed): "task \(id) does not need \(needed), and a row says so"
        case .unreadableBodies(let id):
            id.map { "task \($0): its payload or result cannot be read" } ?? "a row of a payload has no task's id"
        case .missingBodies(let id, let number):
            "task \(id): its payload or result is missing, which event \(number) has left"
        case .surplusBodies(let id): "a payload or result of task \(id) is there, and no event has left it"
        case .unreadableProject(let name): "project \(name?.text ?? "~"): its row cannot be read"
        case .missingProject(let name, let number):
            "project \(name?.text ?? "~"): its settings are missing, which event \(number) has left"
        case .surplusProject(let name): "project \(name?.text ?? "~"): no event has left its settings"
        case .otherProject(let name, let number):
            "project \(name?.text ?? "~"): its settings are other than event \(number) has left"
        case .unreadableKey(let number): "the row of the key of event \(number) cannot be read"
        case .missingKey(let number): "event \(number) has a key: the row that says so is missing"
        case .surplusKey(let number): "a row says that event \(number) has a key, and no such event has one"
        case .otherKey(let number): "the row of the key of event \(number) is not as the event has left it"
        case .idNeverGiven(let id): "task \(id): its id is above the highest that was given"
        }
    }
}

extension TaskRecord {
    /// The first column in which two states of a task differ. Texts are compared as bytes.
    func differs(from other: TaskRecord) -> Difference.Column? {
        if !title.utf8.elementsEqual(other.title.utf8) { return .title }
        if !description.utf8.elementsEqual(other.description.utf8) { return .description }
        if status != other.status { return .status }
        if priority != other.priority { return .priority }
        if dependencies != other.dependencies { return .dependencies }
        if createdAt != other.createdAt { return .createdAt }
        if updatedAt != other.updatedAt { return .updatedAt }
        if since != other.since { return .since }
        if work != other.work { return .work }
        // What is left is compared as bytes there.
        if revision != other.revision { return .revision }
        return self == other ? nil : .project
    }
}
