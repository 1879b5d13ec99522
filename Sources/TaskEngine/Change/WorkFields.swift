/// The fields that plain tasks have none of: what a client says of how a task is to be worked on, each value checked.
///
/// What is nil is left as it is; `.some(nil)` is the null that a client has written.
public struct WorkFields: Sendable, Hashable {
    /// When a task may be begun.
    public enum Start: Sendable, Hashable {
        case now
        case instant(Timestamp)
        case delay(Duration)
    }

    public internal(set) var type: PlainText??
    public internal(set) var payload: JSONBody??
    public internal(set) var start: Start?
    public internal(set) var maxAttempts: Int?
    public internal(set) var retry: RetryPolicy?
    public internal(set) var lease: Duration?
    /// `.some(nil)`: an attempt may take as long as it likes.
    public internal(set) var timeout: Duration??
    public internal(set) var maxStalls: Int?
    public internal(set) var onDependencyFailure: DependencyPolicy?
    public internal(set) var unique: UniqueKey?

    public init() {}
}

extension WorkFields.Start {
    /// The field that says so.
    var field: TaskField? {
        switch self {
        case .now: nil
        case .instant: .runAt
        case .delay: .delay
        }
    }

    /// What a task waits for that is told so at `time`; nil if it waits for nothing.
    func due(at time: Timestamp) -> Due? {
        switch self {
        case .now: nil
        case .instant(let instant): instant > time ? .instant(instant) : nil
        case .delay(let delay): delay > .zero ? .delay(delay, since: time) : nil
        }
    }
}
