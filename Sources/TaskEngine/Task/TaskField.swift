/// The fields of a task that a client may set, in the order in which a change names them.
public enum TaskField: String, Sendable, CaseIterable {
    case title, description, status, priority, dependencies, project

    /// What a value of this field must be, as the end of a sentence.
    public var rule: String {
        switch self {
        case .title: "a string of 1 to 500 characters, spaces at its ends not counted"
        case .description: "a string of at most 10,000 characters"
        case .status: "one of pending, in-progress, completed, failed"
        case .priority: "an integer from -1000000 to 1000000"
        case .dependencies: "a list of at most 1,000 task ids, each a UUID"
        case .project: "1 to 64 of A-Z a-z 0-9 . _ -, or null"
        }
    }
}
