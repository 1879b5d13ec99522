public import TaskEngine

/// What a log has kept until now: where a server begins.
public struct LogStart: Sendable {
    /// The fold of the log.
    public let store: TaskStore

    /// Where the first append goes.
    public let position: LogPosition

    /// The changes under keys that are still known.
    public let keyed: KeyedChanges

    public init(store: TaskStore, position: LogPosition, keyed: KeyedChanges = KeyedChanges()) {
        self.store = store
        self.position = position
        self.keyed = keyed
    }
}

/// What a reader gets that was away.
public enum LogHistory: Sendable, Hashable {
    /// Events behind the one that was named, in order: all, or as many as were asked for.
    case events([TaskEvent])
    /// Some of them are not kept any more.
    case gone
}
