/// How far a task has come.
public enum TaskStatus: String, Sendable, CaseIterable {
    /// Not begun: the only status in which a task stands in the queue.
    case pending
    case inProgress = "in-progress"
    case completed
    case failed
}
