/// What the work queue knows of a task. A plain task, which has used nothing of the queue, has none.
///
/// A value whose copies share their memory until one of them is changed, as those of a `TaskRecord` do: each transition
/// copies it once, and a look at it copies nothing but what is looked at.
public struct WorkState: Sendable {
    private var box: Box

    /// What is known of a task that was never claimed and has no settings of its own.
    public init() { box = Box(Fields()) }

    /// All of it at once: another module cannot set one part of it after the other as cheaply.
    public init(
        settings: WorkSettings, due: Due?, lease: Lease?, attempt: Int, stalls: Int, attempts: [Attempt],
        lastFence: Int?, startedAt: Timestamp?, finishedAt: Timestamp?, error: WorkError?,
        cancellation: Cancellation?, isEndedByQueue: Bool
    ) {
        box = Box(
            Fields(
                settings: settings, due: due, lease: lease, attempt: attempt, stalls: stalls, attempts: attempts,
                lastFence: lastFence, startedAt: startedAt, finishedAt: finishedAt, error: error,
                cancellation: cancellation, isEndedByQueue: isEndedByQueue))
    }
}

// MARK: - Fields

extension WorkState {
    /// What the client has said of how the task is to be worked on.
    public var settings: WorkSettings {
        get { box.fields.settings }
        _modify { yield &own().fields.settings }
    }

    /// What a pending task waits for; nil when its time has come.
    public var due: Due? {
        get { box.fields.due }
        _modify { yield &own().fields.due }
    }

    /// Nil unless a worker holds the task.
    public var lease: Lease? {
        get { box.fields.lease }
        _modify { yield &own().fields.lease }
    }

    /// The lease's fence, looked at where the lease lies; nil if there is none.
    public var fence: Int? { box.fields.lease?.fence }

    /// The server whose clock keeps the lease; nil if there is none.
    public var keeper: Int? { box.fields.lease?.server }

    /// How many claims there were that were not given back.
    public var attempt: Int {
        get { box.fields.attempt }
        _modify { yield &own().fields.attempt }
    }

    /// How many leases have run out in a row without a renewal.
    public var stalls: Int {
        get { box.fields.stalls }
        _modify { yield &own().fields.stalls }
    }

    /// The last claims that are over, the oldest first.
    public var attempts: [Attempt] {
        get { box.fields.attempts }
        _modify { yield &own().fields.attempts }
    }

    /// The fence that ended last, if no claim came behind it and no client has set the status since.
    public var lastFence: Int? {
        get { box.fields.lastFence }
        _modify { yield &own().fields.lastFence }
    }

    /// The time of the last claim; nil before the first.
    public var startedAt: Timestamp? {
        get { box.fields.startedAt }
        _modify { yield &own().fields.startedAt }
    }

    /// When the task ended, by the queue or by a change of its status; nil while it is open, and if it was made with a
    /// status that is an end.
    public var finishedAt: Timestamp? {
        get { box.fields.finishedAt }
        _modify { yield &own().fields.finishedAt }
    }

    /// Of the last attempt that failed.
    public var error: WorkError? {
        get { box.fields.error }
        _modify { yield &own().fields.error }
    }

    /// Set while a cancellation is asked for, and when the task was cancelled.
    public var cancellation: Cancellation? {
        get { box.fields.cancellation }
        _modify { yield &own().fields.cancellation }
    }

    /// Whether the queue has ended the task, and not a change of its status.
    public var isEndedByQueue: Bool {
        get { box.fields.isEndedByQueue }
        _modify { yield &own().fields.isEndedByQueue }
    }
}

// MARK: - Memory

extension WorkState {
    private struct Fields: Sendable, Hashable {
        var settings = WorkSettings()
        var due: Due?
        var lease: Lease?
        var attempt = 0
        var stalls = 0
        var attempts: [Attempt] = []
        var lastFence: Int?
        var startedAt: Timestamp?
        var finishedAt: Timestamp?
        var error: WorkError?
        var cancellation: Cancellation?
        var isEndedByQueue = false
    }

    /// What copies share. Unchecked, since `own` sees to it that the fields change only while one value alone has them.
    private final class Box: @unchecked Sendable {
        @exclusivity(unchecked) var fields: Fields

        init(_ fields: Fields) { self.fields = fields }
    }

    /// The memory, which no other value has: it may be changed.
    private mutating func own() -> Box {
        if !isKnownUniquelyReferenced(&box) { box = Box(box.fields) }
        return box
    }

    /// How many bytes the fields take.
    static var ownMemory: Int { Allocation.memory(of: MemoryLayout<Fields>.stride) }
}

extension WorkState: Hashable {
    public static func == (left: WorkState, right: WorkState) -> Bool {
        left.box === right.box || left.box.fields == right.box.fields
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(box.fields) }
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

    /// A cancellation; `by` is nil unless a dependency has led to it.
    public init(reason: PlainText? = nil, by: TaskID? = nil) {
        self.reason = reason
        self.by = by
    }
}
