extension TaskEvent {
    /// What in the work queue has led to an event.
    public struct Cause: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable {
            case ready, claimed, completed, retrying, released, undelivered, expired, timedOut, failed, cancelled,
                retried
            case retention
        }

        public let kind: Kind
        /// The task whose end has freed or doomed this one.
        public let by: TaskID?
        /// A worker has completed the task after its lease had run out.
        public let isLate: Bool

        public init(_ kind: Kind, by: TaskID? = nil, isLate: Bool = false) {
            self.kind = kind
            self.by = by
            self.isLate = isLate
        }
    }
}
