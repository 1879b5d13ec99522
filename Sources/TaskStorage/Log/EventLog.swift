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

    /// Called with what an operator should know that has come about since.
    var onWarning: ((String) -> Void)? { get set }

    /// Compares what this server is set to with what the others are: it fails where that is not the same. The first server's
    /// are those of all. An open log is asked, before it is loaded.
    ///
    /// - Parameter replacing: Whether the others' are to be these.
    func agree(
        on settings: [SharedSetting], replacing: Bool, _ done: @escaping (Result<Void, LogError>) -> Void)

    /// Called with what has come of an append that did not know it at once; never inside ``append(_:behind:)``.
    var onOutcome: ((AppendOutcome) -> Void)? { get set }

    /// Called with the events that other servers have written, in order, and the position behind them, when no append is
    /// under way; never inside another call.
    var onNews: (([TaskEvent], LogPosition) -> Void)? { get set }

    /// Called when the history that was known is another one, or too much of it was missed: this is what is kept now.
    var onReload: ((LogStart) -> Void)? { get set }

    /// What it has told does not follow from what was known: reads all that is kept, and calls ``onReload``.
    func readAnew()

    /// This server's number among those that write to the log: it is in no other's use, also not later. 0 where there is one
    /// writer.
    var server: Int { get }

    /// Whether another server says that it is there; always true of this one.
    func isAlive(_ server: Int) -> Bool

    /// Whether any other server is alive.
    var hasOthers: Bool { get }

    /// Whether no server with a lower number is alive.
    var isFirst: Bool { get }

    /// Whether the log has heard of this server lately, so that no other takes it for dead.
    var isHeard: Bool { get }

    /// What servers tell each other beside the log; nil where there is one writer.
    var notes: (any SharedNotes)? { get }

    /// Called when a server has died or left, with its number.
    var onDeath: ((Int) -> Void)? { get set }

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

/// A log that has one writer hears of no other.
extension EventLog {
    public var onNews: (([TaskEvent], LogPosition) -> Void)? {
        get { nil }
        set {}
    }
    public var onReload: ((LogStart) -> Void)? {
        get { nil }
        set {}
    }
    public var onDeath: ((Int) -> Void)? {
        get { nil }
        set {}
    }
    public var onWarning: ((String) -> Void)? {
        get { nil }
        set {}
    }
    /// The one server may be set otherwise each time.
    public func agree(
        on settings: [SharedSetting], replacing: Bool, _ done: @escaping (Result<Void, LogError>) -> Void
    ) {
        done(.success(()))
    }
    public func readAnew() {}
    public var notes: (any SharedNotes)? { nil }
    public var server: Int { 0 }
    public func isAlive(_ server: Int) -> Bool { true }
    public var hasOthers: Bool { false }
    public var isFirst: Bool { true }
    public var isHeard: Bool { true }
}
