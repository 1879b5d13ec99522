/// The fields of a task, in the order in which a change names them: first those that a client may set. The raw value
/// is the name in JSON.
public enum TaskField: String, Sendable, CaseIterable {
    /// The line that people read; a task that has only a type has that for its title.
    case title
    /// A longer text for people, which may be empty.
    case description
    /// How far the task has come: see ``TaskStatus``.
    case status
    /// Higher is more urgent: see ``TaskPriority``.
    case priority
    /// The ids of the tasks that this one needs.
    case dependencies
    /// The name of the group that the task is in, or null.
    case project
    /// What kind of work it is, by which workers claim.
    case type
    /// What a worker is given: any JSON.
    case payload
    /// The instant before which the task is not claimed.
    case runAt
    /// The seconds before which the task is not claimed, counted from the change that sets them.
    case delay
    /// How many attempts may fail before the task does.
    case maxAttempts
    /// How the waits behind failed attempts grow: see ``RetryPolicy``.
    case retry
    /// The seconds that a claim lasts without a renewal. Of an event: what the log knows of the lease has changed.
    case lease
    /// The seconds that one attempt may take in all.
    case timeout
    /// How many leases in a row may run out without a renewal before the task fails.
    case maxStalls
    /// What becomes of the task when one that it needs ends badly: see ``DependencyPolicy``.
    case onDependencyFailure
    /// The name that no other open task of the project may have: see ``UniqueKey``.
    case unique
    /// Where the task stands in the queue: see ``TaskState``. No client sets it.
    case state
    /// Whether the worker that holds the task is asked to let it go. No client sets it.
    case cancelRequested
    /// Why the last attempt failed: see ``WorkError``. No client sets it.
    case error

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
        case .runAt:
            "a date and time of ISO 8601 with an offset, at most 10 years ahead, beside no delay, of a task that is pending"
        case .delay: "a number of seconds from 0 to 31536000, beside no runAt, of a task that is pending"
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
