/// What decides when a ready task has its turn: the more urgent goes first, the longer it is ready the more so.
public struct Rank: Sendable, Hashable {
    /// Since when it is ready, and by which event.
    public let since: Since
    /// Higher is more urgent.
    public let priority: Int
    /// Decides between tasks that one event made ready: the older goes first.
    public let id: TaskID

    /// The rank of a task; ``TaskStore/rank(of:)`` finds what it is made of.
    public init(since: Since, priority: Int, id: TaskID) {
        self.since = since
        self.priority = priority
        self.id = id
    }

    /// The place in the line that it comes to, the least first.
    ///
    /// The difference of two never changes: a task that waits gains on none that waits, only on those that come later. So
    /// the line needs no sorting as time goes by.
    /// - Parameter aging: how many milliseconds of waiting are worth a point of priority; with 0 no wait is.
    func turn(aging: Int64) -> Turn {
        Turn(at: aging == 0 ? -Int64(priority) : since.at - Int64(priority) * aging, by: since.by, id: id)
    }
}

/// A place in the line of ready tasks, the least first.
struct Turn: Sendable, Hashable {
    /// Milliseconds: the time from which on the task is ready, earlier by what its priority is worth.
    let at: Int64
    /// The number of the event that made it ready.
    let by: Int
    /// One event may make many tasks ready.
    let id: TaskID
}

extension Turn: Comparable {
    static func < (left: Turn, right: Turn) -> Bool {
        guard left.at == right.at else { return left.at < right.at }
        return left.by == right.by ? left.id < right.id : left.by < right.by
    }
}
