/// How a task has ended, as those see it that need it; nothing of a task that has not, or that failed by a change of its
/// status, which is no concern of others.
struct Ending: Equatable {
    let isGood: Bool
    let isByQueue: Bool
    /// The number of the event.
    let by: Int
}

extension TaskRecord {
    /// O(1).
    var ending: Ending? {
        switch status {
        case .pending, .inProgress: nil
        case .completed: Ending(isGood: true, isByQueue: isEndedByQueue, by: since.by)
        case .failed: isEndedByQueue ? Ending(isGood: false, isByQueue: true, by: since.by) : nil
        }
    }

    /// Whether the queue has ended the task, and not a change of its status.
    private var isEndedByQueue: Bool { work?.isEndedByQueue ?? false }

    var onDependencyFailure: DependencyPolicy { work?.settings.onDependencyFailure ?? .cancel }
}

/// What the tasks that one needs have come to: counted, so that the end of one of them costs the same however many there
/// are.
struct Dependence: Sendable, Equatable {
    /// Those that are not met: not completed, and, where the task ignores failures, not failed either.
    private(set) var unmet: Int32 = 0
    /// Those that the queue has ended badly.
    private(set) var failed: Int32 = 0
    /// Those that the queue has ended since the task came to its state.
    private(set) var untold: Int32 = 0

    var isEmpty: Bool { self == Dependence() }

    /// Counts one that has come to `ending`, or, with −1, does so no more.
    mutating func count(_ ending: Ending?, for task: TaskRecord, by change: Int32 = 1) {
        guard let ending else { return unmet += change }
        if !ending.isGood {
            failed += change
            if task.onDependencyFailure != .ignore { unmet += change }
        }
        if ending.isByQueue, ending.by > task.since.by { untold += change }
    }

    /// Whether the task, which is pending, is to be cancelled for what has failed.
    func dooms(_ task: TaskRecord) -> Bool { failed > 0 && task.onDependencyFailure == .cancel }

    /// Whether the task is to be cancelled for what has failed, or to be told that it waits no longer.
    func unsettles(_ task: TaskRecord) -> Bool {
        task.status == .pending && (unmet == 0 && untold > 0 || dooms(task))
    }
}
