/// Since when a task is in its state, and by which event: what the queue's order is made of.
public struct Since: Sendable, Hashable {
    /// Milliseconds since 1970; never below that of another task that is there, whatever the wall clock does.
    public let at: Int64
    /// The number of the event.
    public let by: Int

    /// The time and the number of one event.
    public init(at: Int64, by: Int) {
        self.at = at
        self.by = by
    }
}

extension Since: Comparable {
    public static func < (left: Since, right: Since) -> Bool { left.by < right.by }
}
