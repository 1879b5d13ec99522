/// A change that a client asks for. Its id, time and field values come from outside, so that deciding it needs no clock.
public struct TaskCommand: Sendable {
    /// What is asked for.
    public enum Action: Sendable, Hashable {
        /// A new task under an id not used before.
        case create(TaskID, TaskFields)
        /// Other values for the fields that are set, if the task is as the caller expects.
        case update(TaskID, TaskFields, expecting: Precondition = .none)
        /// The task's end, if it is as the caller expects.
        case delete(TaskID, expecting: Precondition = .none)
        /// Nothing, since it is known already that it cannot be. What was done under the same key before is told all the same.
        case refuse(TaskID, because: TaskError)
    }

    public let action: Action
    /// The request that brought it; the events it causes carry it.
    public let requestID: RequestName
    /// When it came; the events it causes, and the task's own times, are this.
    public let timestamp: Timestamp
    /// What the client calls it by, if it may ask for it again.
    public let key: IdempotencyKey?

    public init(_ action: Action, requestID: RequestName, timestamp: Timestamp, key: IdempotencyKey? = nil) {
        self.action = action
        self.requestID = requestID
        self.timestamp = timestamp
        self.key = key
    }

    /// A command that asks for `action` in place of its own.
    public func asking(for action: Action) -> TaskCommand {
        TaskCommand(action, requestID: requestID, timestamp: timestamp, key: key)
    }

    /// The task it is about.
    public var taskID: TaskID {
        switch action {
        case .create(let id, _), .update(let id, _, _), .delete(let id, _), .refuse(let id, _): id
        }
    }
}

extension TaskCommand: Hashable {
    /// Texts are compared as bytes.
    public static func == (left: TaskCommand, right: TaskCommand) -> Bool {
        left.action == right.action && left.timestamp == right.timestamp && left.key == right.key
            && left.requestID == right.requestID
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(action)
        hasher.combine(timestamp)
    }
}
