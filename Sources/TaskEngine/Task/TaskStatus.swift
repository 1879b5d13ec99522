/// How far a task has come.
public enum TaskStatus: String, Sendable, CaseIterable {
    /// Not begun: the only status in which a task stands in the queue.
    case pending
    case inProgress = "in-progress"
    case completed
    case failed

    /// The status of that name, which is compared as bytes; nil if it names none.
    public init?(text: String) {
        guard let status = Self.allCases.first(where: { $0.rawValue.isSame(as: text) }) else { return nil }
        self = status
    }
}
