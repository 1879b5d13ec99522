/// A change that was made under a key: what a client is told that asks for it again.
public struct KeyedChange: Sendable, Hashable {
    /// What was done to the task.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// The command has made the task.
        case created
        /// The command has changed the task's fields.
        case updated
        /// The command has deleted the task.
        case deleted
    }

    /// What the client called it by; a repetition with the same name and another content is refused.
    public let key: IdempotencyKey
    /// The task that was changed; it may be gone by now.
    public let taskID: TaskID
    /// The number of the event that made it.
    public let sequence: Int
    /// The time of the command: ``lifetime`` behind it the key is free again.
    public let timestamp: Timestamp
    /// Which answer a repetition gets.
    public let kind: Kind

    /// A change as ``TaskEvent/keyedChange`` gives it, for one that comes from a snapshot.
    public init(key: IdempotencyKey, kind: Kind, taskID: TaskID, sequence: Int, timestamp: Timestamp) {
        self.key = key
        self.taskID = taskID
        self.sequence = sequence
        self.timestamp = timestamp
        self.kind = kind
    }
}

extension KeyedChange {
    /// How long the change is known by its key, in milliseconds: a day.
    public static let lifetime: Int64 = 86_400_000

    /// Whether the change is known by its key no longer.
    func isOver(at time: Timestamp) -> Bool { time.milliseconds - timestamp.milliseconds >= Self.lifetime }
}

extension TaskEvent {
    /// The change under a key that begins with this event, if it is one.
    public var keyedChange: KeyedChange? {
        guard let key, let kind = change.kind, let taskID else { return nil }
        return KeyedChange(key: key, kind: kind, taskID: taskID, sequence: sequence, timestamp: timestamp)
    }
}

extension TaskEvent.Change {
    /// Nil for what no change with a key begins with.
    fileprivate var kind: KeyedChange.Kind? {
        switch self {
        case .created: .created
        case .updated: .updated
        case .deleted: .deleted
        case .moved, .project: nil
        }
    }
}
