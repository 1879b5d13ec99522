extension TaskEvent {
    /// What in the work queue has led to an event.
    public struct Cause: Sendable, Hashable {
        /// What has happened to the task, as the queue sees it. The raw value is the name that clients get.
        public enum Kind: String, Sendable, CaseIterable {
            /// The task may be claimed: its wait is over, or the last task that it needs has ended.
            case ready
            /// A worker has got the task; its lease begins.
            case claimed
            /// A worker has done the task.
            case completed
            /// An attempt has failed, and the task is pending again: there will be another.
            case retrying
            /// A worker has given the task back, undone; the attempt does not count.
            case released
            /// The task is pending again, since the answer to the claim could not be written; the attempt does not
            /// count.
            case undelivered
            /// The lease has run out, and the task is pending again.
            case expired
            /// The attempt took longer than its time-out allows, and the task is pending again.
            case timedOut
            /// The task has failed for good: no attempt is left, or the worker said so.
            case failed
            /// The task has ended undone: a client asked for that, or a task that it needs has ended badly.
            case cancelled
            /// A client lets a task begin anew that had failed or was cancelled.
            case retried
            /// The task is deleted: it has been kept for as long as its ``Retention`` says.
            case retention
        }

        /// Which of the queue's steps it was.
        public let kind: Kind
        /// The task whose end has freed or doomed this one.
        public let by: TaskID?
        /// A worker has completed the task after its lease had run out.
        public let isLate: Bool

        /// A cause; `by` is nil unless the end of another task has led to it.
        public init(_ kind: Kind, by: TaskID? = nil, isLate: Bool = false) {
            self.kind = kind
            self.by = by
            self.isLate = isLate
        }
    }
}
