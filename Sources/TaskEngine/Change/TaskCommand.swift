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
        /// What the work queue does.
        case work(WorkCommand)
        /// One after the other, in one piece: their events are kept together. None of them has parts itself.
        indirect case several([Action])
    }

    /// What is asked for, and of which task.
    public let action: Action
    /// The request that brought it; the events it causes carry it.
    public let requestID: RequestName
    /// When it came; the events it causes, and the task's own times, are this.
    public let timestamp: Timestamp
    /// What the client calls it by, if it may ask for it again.
    public let key: IdempotencyKey?
    /// Bits that cannot be foretold, for waits whose length is a matter of chance.
    public let random: UInt64

    /// A command whose time and random bits come from the caller, so that the same command is always decided alike.
    ///
    /// `key` is nil where a repetition is another change. `random` matters for the waits behind failed attempts alone.
    public init(
        _ action: Action, requestID: RequestName, timestamp: Timestamp, key: IdempotencyKey? = nil, random: UInt64 = 0
    ) {
        self.action = action
        self.requestID = requestID
        self.timestamp = timestamp
        self.key = key
        self.random = random
    }

    /// A command that asks for `action` in place of its own.
    public func asking(for action: Action) -> TaskCommand {
        TaskCommand(action, requestID: requestID, timestamp: timestamp, key: key, random: random)
    }

    /// The task that it changes, which is there already; nil if it changes none.
    var changedTask: TaskID? {
        switch action {
        case .update(let id, _, _), .delete(let id, _): id
        default: nil
        }
    }

    /// The task it is about; nil if that is not one.
    public var taskID: TaskID? {
        switch action {
        case .create(let id, _), .update(let id, _, _), .delete(let id, _), .refuse(let id, _): id
        case .work, .several: nil
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
