/// What the work queue is asked for: by workers, by clients, and by the clock, which asks as they do.
public enum WorkCommand: Sendable, Hashable {
    case claim(Claim)
    /// The lease begins anew; another length if one is given.
    case renew(TaskID, fence: Int, lease: Duration?)
    case complete(TaskID, fence: Int, result: JSONBody?)
    case fail(TaskID, fence: Int, WorkFailure)
    /// The attempt is given back.
    case release(TaskID, fence: Int, delay: Duration)
    /// As a release: the answer to the claim could not be written. Nothing is done when another server than `keeper` has
    /// the lease, which has given it again since.
    case undeliver(TaskID, fence: Int, keeper: Int = 0)
    /// The lease has run out, as the clock of that server, or one in its place, has it. Nothing is done when another one's
    /// keeps it, where it was renewed since.
    case expire(TaskID, fence: Int, keeper: Int = 0)
    /// The attempt has taken all the time that it may.
    case timeOut(TaskID, fence: Int)
    /// What the task waits for has come; `due` says which wait.
    case wake(TaskID, due: Due)
    case cancel(TaskID, reason: PlainText?, force: Bool)
    case retry(TaskID)
    /// Tells, or cancels, so many tasks that an end has freed or doomed.
    case settle(limit: Int)
    /// Deletes so many tasks that have ended long ago, or that are too many.
    case prune(Retention, limit: Int)
    indirect case setProject(PlainText?, ProjectSettings)
}

/// A worker asks for tasks.
public struct Claim: Sendable, Hashable {
    public var worker: PlainText
    /// Nil for any; a nil among them for tasks without one.
    public var types: [PlainText?]?
    public var projects: [PlainText?]?
    public var limit: Int
    public var lease: Duration?
    /// What the worker calls this claim by, so that it can ask again.
    public var key: PlainText?

    public init(
        worker: PlainText, types: [PlainText?]? = nil, projects: [PlainText?]? = nil, limit: Int = 1,
        lease: Duration? = nil, key: PlainText? = nil
    ) {
        self.worker = worker
        self.types = types
        self.projects = projects
        self.limit = limit
        self.lease = lease
        self.key = key
    }
}

/// How an attempt has failed.
public struct WorkFailure: Sendable, Hashable {
    public var error: WorkError
    public var isRetryable: Bool
    /// In place of what the task's policy says.
    public var retryAfter: Duration?

    public init(_ error: WorkError, isRetryable: Bool = true, retryAfter: Duration? = nil) {
        self.error = error
        self.isRetryable = isRetryable
        self.retryAfter = retryAfter
    }
}

/// How long tasks are kept that the queue has ended. Nil is for ever.
public struct Retention: Sendable, Hashable {
    public var completed: Duration?
    public var failed: Duration?
    /// How many of both are kept at most.
    public var count: Int?

    public init(completed: Duration? = nil, failed: Duration? = nil, count: Int? = nil) {
        self.completed = completed
        self.failed = failed
        self.count = count
    }
}

/// A task that a worker has got.
public struct ClaimedTask: Sendable, Hashable {
    public let task: TaskRecord
    public let payload: JSONBody?

    public init(task: TaskRecord, payload: JSONBody?) {
        self.task = task
        self.payload = payload
    }
}
