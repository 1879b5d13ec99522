/// The fields of a task, in the order in which a change names them: first those that a client may set.
public enum TaskField: String, Sendable, CaseIterable {
    case title, description, status, priority, dependencies, project
    case type, payload, runAt, delay, maxAttempts, retry, lease, timeout, maxStalls, onDependencyFailure, unique
    case state, cancelRequested, error

    /// What a value of this field must be, as the end of a sentence.
    public var rule: String {
        switch self {
        case .title: "a string of 1 to 500 characters, spaces at its ends not counted"
        case .description: "a string of at most 10,000 characters"
        case .status: "one of pending, in-progress, completed, failed"
        case .priority: "an integer from -1000000 to 1000000"
        case .dependencies: "a list of at most 1,000 task ids, each a UUID"
        case .project: "1 to 64 of A-Z a-z 0-9 . _ -, or null"
        case .type: "1 to 64 of A-Z a-z 0-9 . _ - : /, or null"
        case .payload: "any JSON value of at most 64 KiB"
        case .runAt: "a date and time of ISO 8601 with an offset, at most 10 years ahead, and not beside delay"
        case .delay: "a number of seconds from 0 to 31536000, and not beside runAt"
        case .maxAttempts, .maxStalls: "an integer from 1 to 100"
        case .retry: "an object of base (0.1 to 86400), factor (1 to 10), max (0 to 604800) and jitter (0 to 1)"
        case .lease: "a number of seconds from 5 to 43200"
        case .timeout: "a number of seconds from 1 to 604800, or null"
        case .onDependencyFailure: "one of cancel, hold, ignore"
        case .unique: "an object of key (1 to 256 bytes) and onConflict (existing or reject), of a new task alone"
        case .state, .cancelRequested, .error: "left to the server"
        }
    }
}
