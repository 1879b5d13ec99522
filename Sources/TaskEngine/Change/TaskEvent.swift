/// Something that happened to a task. The log is a row of these, and the state of all tasks is what they add up to.
///
/// An event holds all that a client is sent and all that decides which clients get it. So a message sent at once, one
/// replayed to a client that was away and one sent by another machine are the same.
///
/// A value that never changes, and whose copies share their memory: an event is passed on many times.
public struct TaskEvent: Sendable {
    /// What happened.
    public enum Change: Sendable {
        /// There is a new task: this record, whole.
        case created(TaskRecord)
        /// `changes` names the fields that differ. `formerProject` is the one the task has left, if it has left one.
        case updated(TaskRecord, changes: [TaskField], formerProject: String? = nil)
        /// The priority changed. It says where in the queue the task went; the change of the task itself is in the
        /// `.updated` just before.
        case moved(TaskRecord, from: Int, to: Int)
        /// The task has gone, and its id from the dependencies of all others.
        case deleted(TaskID, project: String? = nil)
        /// A project has other settings; without a name it is that of the tasks that have none.
        ///
        /// Indirect, since a change has room for its largest case wherever it is passed, and this one is rare.
        indirect case project(PlainText?, ProjectSettings)
    }

    private let box: Box

    private struct Contents: Sendable {
        let sequence: Int
        let requestID: RequestName
        let timestamp: Timestamp
        let change: Change
        let key: IdempotencyKey?
        let cause: Cause?
        let bodies: BodyChange?
    }

    /// What copies share: the log, the answer and the listeners have the same event in one place.
    private final class Box: Sendable {
        let contents: Contents

        init(_ contents: consuming Contents) { self.contents = contents }
    }

    /// An event of the number `sequence`, which is one more than that of the event before.
    ///
    /// `key`, `cause` and `bodies` are nil where there is none: see the properties of the same names.
    public init(
        _ change: consuming Change, sequence: Int, requestID: RequestName, timestamp: Timestamp,
        key: IdempotencyKey? = nil, cause: Cause? = nil, bodies: BodyChange? = nil
    ) {
        box = Box(
            Contents(
                sequence: sequence, requestID: requestID, timestamp: timestamp, change: change, key: key, cause: cause,
                bodies: bodies))
    }

    /// The event's number: one more than that of the event before.
    public var sequence: Int { box.contents.sequence }

    /// The request whose command has led to it; the clock's commands have names of their own.
    public var requestID: RequestName { box.contents.requestID }

    /// The time of the command that has led to it. It may lie before that of an earlier event: clocks are set.
    public var timestamp: Timestamp { box.contents.timestamp }

    /// What happened, with the task as it is from then on.
    public var change: Change { box.contents.change }

    /// What the client calls the change by that begins with this event, if it has said so.
    public var key: IdempotencyKey? { box.contents.key }

    /// What in the work queue has led to it; nil for what a client has done to the task's fields.
    public var cause: Cause? { box.contents.cause }

    /// What it says of the task's payload and result; nil if nothing.
    public var bodies: BodyChange? { box.contents.bodies }

    /// How many bytes it has without what it points to.
    static var ownMemory: Int { MemoryLayout<TaskEvent>.stride + Allocation.memory(of: MemoryLayout<Contents>.stride) }

    /// What kind of change it is.
    package enum Kind: Int, Sendable {
        /// A ``Change`` of the same name.
        case created, updated, moved, deleted, project
    }

    /// The kind of ``change``, looked at where it lies: nothing is copied.
    package var kind: Kind {
        switch box.contents.change {
        case .created: .created
        case .updated: .updated
        case .moved: .moved
        case .deleted: .deleted
        case .project: .project
        }
    }

    /// The name clients know it by.
    public var name: String {
        switch kind {
        case .created: "task.created"
        case .updated: "task.updated"
        case .moved: "task.moved"
        case .deleted: "task.deleted"
        case .project: "project.updated"
        }
    }

    /// The task as the event has left it; nil if it is gone, or if the event is no task's.
    public var task: TaskRecord? {
        switch change {
        case .created(let task), .updated(let task, _, _), .moved(let task, _, _): task
        case .deleted, .project: nil
        }
    }

    /// The task that it tells of; nil if it is none's.
    public var taskID: TaskID? {
        switch change {
        case .created(let task), .updated(let task, _, _), .moved(let task, _, _): task.id
        case .deleted(let id, _): id
        case .project: nil
        }
    }

    /// The projects whose members are told: the task's own, and the one it has left.
    public var projects: [String] {
        switch change {
        case .created(let task), .moved(let task, _, _): [task.project].compactMap(\.self)
        case .updated(let task, _, let formerProject): [task.project, formerProject].compactMap(\.self)
        case .deleted(_, let project): [project].compactMap(\.self)
        case .project: []
        }
    }
}

extension TaskEvent: Hashable {
    /// Texts are compared as bytes.
    public static func == (left: TaskEvent, right: TaskEvent) -> Bool {
        left.box === right.box
            || left.sequence == right.sequence && left.timestamp == right.timestamp && left.change == right.change
                && left.key == right.key && left.requestID == right.requestID && left.cause == right.cause
                && left.bodies == right.bodies
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
        case (.project(let left, let leftSettings), .project(let right, let settings)):
            left == right && leftSettings == settings
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .created(let task), .updated(let task, _, _), .moved(let task, _, _): hasher.combine(task)
        case .deleted(let id, _): hasher.combine(id)
        case .project(_, let settings): hasher.combine(settings)
        }
    }
}
