/// What became of one claim of a task.
public struct Attempt: Sendable, Hashable {
    /// How the worker's hold on the task ended. The raw value is the name that clients get.
    public enum Outcome: String, Sendable, CaseIterable {
        /// The worker has done the task.
        case completed
        /// The worker has said that it cannot do it.
        case failed
        /// The worker has given it back; the attempt does not count.
        case released
        /// The answer to the claim could not be written; the attempt does not count.
        case undelivered
        /// The lease has run out, and the worker has not said more since.
        case expired
        /// It took longer than the task's time-out allows.
        case timedOut
        /// The task was cancelled at once, while the worker had it.
        case cancelled
        /// Ended by a change of the task's status.
        case overruled
    }

    /// The name that the worker gave in its claim.
    public var worker: PlainText
    /// The number of the claim's event; what the worker named in its calls.
    public var fence: Int
    /// The time of the claim.
    public var startedAt: Timestamp
    /// The time of what ended it, and of a late result where one came.
    public var endedAt: Timestamp
    /// How it ended.
    public var outcome: Outcome
    /// Of the last attempt the whole text is with the task.
    public var error: WorkError?

    /// An attempt that is over; `error` is nil unless it went wrong.
    public init(
        worker: PlainText, fence: Int, startedAt: Timestamp, endedAt: Timestamp, outcome: Outcome,
        error: WorkError? = nil
    ) {
        self.worker = worker
        self.fence = fence
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.outcome = outcome
        self.error = error
    }

    /// How many of a task are kept.
    public static let kept = 20
}
