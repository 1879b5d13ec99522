/// Where a task stands in the work queue: finer than its status, and a function of its record and of how many of its
/// dependencies are unmet.
public enum TaskState: String, Sendable, CaseIterable {
    /// Pending, and short of a dependency. This comes before `scheduled`.
    case waiting
    /// Pending, and due later.
    case scheduled
    /// Pending, and to be claimed.
    case ready
    /// Leased to a worker.
    case running
    /// In progress because its status was set so; no worker can claim it.
    case held
    /// Ended well. For the tasks that need it, it counts as met.
    case completed
    /// Ended badly: no attempt was left, a worker said so, or its status was set so.
    case failed
    /// Ended by a client, or by what became of a dependency. Its status is `failed`.
    case cancelled

    /// The status of all tasks in this state.
    public var status: TaskStatus {
        switch self {
        case .waiting, .scheduled, .ready: .pending
        case .running, .held: .inProgress
        case .completed: .completed
        case .failed, .cancelled: .failed
        }
    }
}

extension TaskRecord {
    /// Where the task stands in the work queue.
    ///
    /// - Parameter unmet: how many of the task's dependencies are not met.
    /// - Complexity: O(1).
    public func state(unmet: Int) -> TaskState {
        switch status {
        case .pending: unmet > 0 ? .waiting : isDueLater ? .scheduled : .ready
        case .inProgress: fence != nil ? .running : .held
        case .completed: .completed
        case .failed: isCancelled ? .cancelled : .failed
        }
    }

    private var isDueLater: Bool { work?.due != nil }
    private var isCancelled: Bool { work?.cancellation != nil }
}
