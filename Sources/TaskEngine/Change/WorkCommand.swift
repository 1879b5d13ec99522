/// What the work queue is asked for: by workers, by clients, and by the clock, which asks as they do.
public enum WorkCommand: Sendable, Hashable {
    /// A worker asks for tasks whose turn it is; with a key that it has claimed by before, for those that it still has
    /// of that claim.
    case claim(Claim)
    /// The lease begins anew; another length if one is given.
    case renew(TaskID, fence: Int, lease: Duration?)
    /// The task is done; a nil `result` is JSON's null. A worker whose lease has run out may say so too, while no other
    /// has the task.
    case complete(TaskID, fence: Int, result: JSONBody?)
    /// The attempt has failed. The task waits for another, or fails if none is left or the failure is not to be
    /// retried.
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
    /// The task is to end undone. A worker that has it is asked to let it go; with `force` the task ends at once.
    case cancel(TaskID, reason: PlainText?, force: Bool)
    /// A task that has failed or was cancelled begins anew: no attempt counts any more, though the last ones are shown.
    case retry(TaskID)
    /// Tells, or cancels, so many tasks that an end has freed or doomed.
    case settle(limit: Int)
    /// Deletes so many tasks that have ended long ago, or that are too many.
    case prune(Retention, limit: Int)
    /// Changes settings of a project; nil stands for the tasks without one.
    indirect case setProject(PlainText?, ProjectChange)
}

/// A worker asks for tasks.
public struct Claim: Sendable, Hashable {
    /// The worker's name: its leases and attempts show it. Workers of one name share their claims and the limit of
    /// leases.
    public var worker: PlainText
    /// Nil for any; a nil among them for tasks without one.
    public var types: [PlainText?]?
    /// Nil for any; a nil among them for tasks without one.
    ///
    /// Of all that fit, whatever the type and project, the task is claimed whose turn it is.
    public var projects: [PlainText?]?
    /// How many tasks it takes at most; fewer are an answer, none too.
    public var limit: Int
    /// How long it holds each task before it has to renew; nil for the length of the task, of its project, or 30
    /// seconds.
    public var lease: Duration?
    /// What the worker calls this claim by, so that it can ask again.
    public var key: PlainText?

    /// A claim of one task of any type and project, unless other values are given.
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
    /// What the task shows until it is completed or retried; of an attempt the first 100 scalars of the message are
    /// kept.
    public var error: WorkError
    /// False if another attempt would fail alike: then the task fails, however many attempts it has left.
    public var isRetryable: Bool
    /// In place of what the task's policy says.
    public var retryAfter: Duration?

    /// A failure that is tried again after the wait of the task's policy, unless other values are given.
    public init(_ error: WorkError, isRetryable: Bool = true, retryAfter: Duration? = nil) {
        self.error = error
        self.isRetryable = isRetryable
        self.retryAfter = retryAfter
    }
}

/// How long tasks are kept that the queue has ended. Nil is for ever.
public struct Retention: Sendable, Hashable {
    /// How long behind its end a completed task is kept.
    public var completed: Duration?
    /// How long behind its end a task is kept that has failed or was cancelled; longer while an open task needs it.
    public var failed: Duration?
    /// How many of both are kept at most.
    public var count: Int?

    /// Keeps tasks for ever where no limit is given.
    public init(completed: Duration? = nil, failed: Duration? = nil, count: Int? = nil) {
        self.completed = completed
        self.failed = failed
        self.count = count
    }
}

/// A task that a worker has got.
public struct ClaimedTask: Sendable, Hashable {
    /// The task as the claim has left it: `fence` is what the worker has to name in each later call.
    public let task: TaskRecord
    /// What the client gave with the task; nil is JSON's null.
    public let payload: JSONBody?

    /// A task with its lease, and what it carries.
    public init(task: TaskRecord, payload: JSONBody?) {
        self.task = task
        self.payload = payload
    }
}
