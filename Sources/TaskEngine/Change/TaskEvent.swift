/// Something that happened to a task. The log is a row of these, and the state of all tasks is what they add up to.
///
/// An event holds all that a client is sent and all that decides which clients get it. So a message sent at once, one
/// replayed to a client that was away and one sent by another machine are the same.
public struct TaskEvent: Sendable {
    /// What happened.
    public enum Change: Sendable {
        case created(TaskRecord)
        /// `changes` names the fields that differ. `formerProject` is the one the task has left, if it has left one.
        case updated(TaskRecord, changes: [TaskField], formerProject: String? = nil)
        /// The priority changed. It says where in the queue the task went; the change of the task itself is in the
        /// `.updated` just before.
        case moved(TaskRecord, from: Int, to: Int)
        /// The task has gone, and its id from the dependencies of all others.
        case deleted(TaskID, project: String? = nil)
    }

    /// The event's number: one more than that of the event before.
    public let sequence: Int
    public let requestID: RequestName
    public let timestamp: Timestamp
    public let change: Change
    /// What the client calls the change by that begins with this event, if it has said so.
    public let key: IdempotencyKey?

    public init(
        _ change: Change, sequence: Int, requestID: RequestName, timestamp: Timestamp, key: IdempotencyKey? = nil
    ) {
        self.change = change
        self.sequence = sequence
        self.requestID = requestID
        self.timestamp = timestamp
        self.key = key
    }

    /// The name clients know it by.
    public var name: String {
        switch change {
        case .created: "task.created"
        case .updated: "task.updated"
        case .moved: "task.moved"
        case .deleted: "task.deleted"
        }
    }

    public var taskID: TaskID {
        switch change {
        case .created(let task), .updated(let task, _, _), .moved(let task, _, _): task.id
        case .deleted(let id, _): id
        }
    }

    /// The projects whose members are told: the task's own, and the one it has left.
    public var projects: [String] {
        switch change {
        case .created(let task), .moved(let task, _, _): [task.project].compactMap(\.self)
        case .updated(let task, _, let formerProject): [task.project, formerProject].compactMap(\.self)
        case .deleted(_, let project): [project].compactMap(\.self)
        }
    }
}

extension TaskEvent: Hashable {
    /// Texts are compared as bytes.
    public static func == (left: TaskEvent, right: TaskEvent) -> Bool {
        left.sequence == right.sequence && left.timestamp == right.timestamp && left.change == right.change
            && left.key == right.key && left.requestID == right.requestID
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(sequence)
        hasher.combine(timestamp)
    }
}

extension TaskEvent.Change: Hashable {
    /// Texts are compared as bytes.
    public static func == (left: TaskEvent.Change, right: TaskEvent.Change) -> Bool {
        switch (left, right) {
        case (.created(let left), .created(let right)): left == right
        case (.updated(let left, let leftChanges, let leftProject), .updated(let right, let changes, let project)):
            left == right && leftChanges == changes && leftProject.isSame(as: project)
        case (.moved(let left, let leftFrom, let leftTo), .moved(let right, let from, let to)):
            left == right && leftFrom == from && leftTo == to
        case (.deleted(let left, let leftProject), .deleted(let right, let project)):
            left == right && leftProject.isSame(as: project)
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .created(let task), .updated(let task, _, _), .moved(let task, _, _): hasher.combine(task)
        case .deleted(let id, _): hasher.combine(id)
        }
    }
}
