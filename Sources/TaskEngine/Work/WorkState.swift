/// What the work queue knows of a task. A plain task, which has used nothing of the queue, has none.
public struct WorkState: Sendable, Hashable {
    public var settings = WorkSettings()
    /// What a pending task waits for; nil when its time has come.
    public var due: Due?
    /// Nil unless a worker holds the task.
    public var lease: Lease?
    /// How many claims there were that were not given back.
    public var attempt = 0
    /// How many leases have run out in a row without a renewal.
    public var stalls = 0
    /// The last claims that are over, the oldest first.
    public var attempts: [Attempt] = []
    /// The fence that ended last, if no claim came behind it and no client has set the status since.
    public var lastFence: Int?
    public var startedAt: Timestamp?
    public var finishedAt: Timestamp?
    /// Of the last attempt that failed.
    public var error: WorkError?
    /// Set while a cancellation is asked for, and when the task was cancelled.
    public var cancellation: Cancellation?
    /// Whether the queue has ended the task, and not a change of its status.
    public var isEndedByQueue = false

    public init() {}
}

/// What a pending task waits for before it may be claimed.
public enum Due: Sendable, Hashable {
    /// The wall clock says so.
    case instant(Timestamp)
    /// So much time has gone by since that event, as the loop's clock counts; after a restart, as the wall clock does.
    case delay(Duration, since: Timestamp)
}

/// Why a task is to end, or has ended, without having been done.
public struct Cancellation: Sendable, Hashable {
    /// What the client has given, or `DEPENDENCY_FAILED`.
    public var reason: PlainText?
    /// The dependency that failed or was cancelled.
    public var by: TaskID?

    public init(reason: PlainText? = nil, by: TaskID? = nil) {
        self.reason = reason
        self.by = by
    }
}
