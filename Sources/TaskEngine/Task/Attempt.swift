/// What became of one claim of a task.
public struct Attempt: Sendable, Hashable {
    public enum Outcome: String, Sendable, CaseIterable {
        case completed, failed, released, undelivered, expired, timedOut, cancelled
        /// Ended by a change of the task's status.
        case overruled
    }

    public var worker: PlainText
    public var fence: Int
    public var startedAt: Timestamp
    public var endedAt: Timestamp
    public var outcome: Outcome
    /// Of the last attempt the whole text is with the task.
    public var error: WorkError?

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
