/// The fields that plain tasks have none of: what a client says of how a task is to be worked on, each value checked.
///
/// What is nil is left as it is; `.some(nil)` is the null that a client has written.
public struct WorkFields: Sendable, Hashable {
    /// When a task may be begun.
    public enum Start: Sendable, Hashable {
        /// At once; a wait that there was is over.
        case now
        /// When the wall clock says so, or at once if that has gone by.
        case instant(Timestamp)
        /// So long after the change that sets it.
        case delay(Duration)
    }

    /// What kind of work it is, by which workers claim: 1 to 64 of `A–Z a–z 0–9 . _ - : /`.
    public internal(set) var type: PlainText??
    /// What a worker is given, at most ``JSONBody/limit`` bytes.
    public internal(set) var payload: JSONBody??
    /// When it may be claimed first.
    public internal(set) var start: Start?
    /// How many attempts may fail, 1 to 100.
    public internal(set) var maxAttempts: Int?
    /// How long it waits behind each failed attempt.
    public internal(set) var retry: RetryPolicy?
    /// How long a claim lasts that names no length, 5 to 43,200 seconds.
    public internal(set) var lease: Duration?
    /// `.some(nil)`: an attempt may take as long as it likes.
    public internal(set) var timeout: Duration??
    /// How many leases in a row may run out without a renewal, 1 to 100.
    public internal(set) var maxStalls: Int?
    /// What becomes of it when a task that it needs ends badly.
    public internal(set) var onDependencyFailure: DependencyPolicy?
    /// The name that no other open task of its project may have. Of a new task alone: an update leaves it as it is.
    public internal(set) var unique: UniqueKey?

    /// Sets nothing.
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
