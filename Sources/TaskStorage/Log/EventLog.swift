public import TaskEngine
public import UVCore

/// Where events are kept: the one place where their order and their durability are decided.
///
/// Other servers may write to a log, too. So an append names the position that it goes behind, and one of three things
/// comes of it: see ``AppendOutcome``. One append is under way at a time; what is decided meanwhile goes into the next.
@LoopActor
public protocol EventLog: AnyObject {
    /// Whether no other server can write to the log. Then what is decided on what it has kept is true at once.
    var hasOneWriter: Bool { get }

    /// Why the log keeps nothing now; nil while it does, as far as it knows.
    var trouble: String? { get }

    /// Called when ``trouble`` comes and goes.
    var onTrouble: ((String?) -> Void)? { get set }

    /// What an operator should know of what events are kept in, when it is open.
    var warnings: [String] { get }

    /// Called with what has come of an append that did not know it at once; never inside ``append(_:behind:)``.
    var onOutcome: ((AppendOutcome) -> Void)? { get set }

    /// Takes hold of what it keeps events in, and calls `done`. When that fails, nothing was changed.
    func open(_ done: @escaping (Result<Void, LogError>) -> Void)

    /// Reads what is kept, and calls `done` with it: at once if there is nothing to read, else when it is read.
    func load(_ done: @escaping (Result<LogStart, LogError>) -> Void)

    /// Appends `events` behind `position`, in one piece: all of them or none. An append of nothing asks whether the
    /// position is still the end.
    ///
    /// - Precondition: It is open and loaded, and no append is under way.
    /// - Returns: What has come of it, if the log knows at once; else nil, and ``onOutcome`` is called.
    func append(_ events: [TaskEvent], behind position: LogPosition) -> AppendOutcome?

    /// Reads the events behind the one of that number, `limit` of them at most.
    func events(after sequence: Int, limit: Int, _ done: @escaping (Result<LogHistory, LogError>) -> Void)

    /// Lets go of what it holds, behind the append that is under way.
    func close(_ done: @escaping () -> Void)
}

/// A log that keeps events before it returns, so that no change waits for it.
@LoopActor
public protocol ImmediateLog: EventLog {
    /// Keeps `event` behind all that it has kept.
    func keep(_ event: TaskEvent)
}

extension EventLog {
    public var warnings: [String] { [] }
}
