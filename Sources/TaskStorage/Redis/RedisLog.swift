import TaskEngine
public import UVCore

/// A log on Redis: order and durability are Redis'.
///
/// ```
///            open                       the connection breaks
///   closed ───────▶ holding(session, hold) ◀──────────▶ returning(hold)
///                        │              take: a new generation │
///                        └────────────▶ over ◀─────────────────┘ another server has the store, or Redis lost events
/// ```
///
/// An append is one script: it compares the end of the log with where the server thinks it is, and writes all or nothing.
/// What became of an append whose connection broke is known from the end of the log, once the store was taken again: no
/// script of a former generation is kept.
///
/// One server uses a store at a time: the one that has taken it last. It says each second that it does, so that another
/// is told at its start.
@LoopActor
public final class RedisLog: EventLog {
    public nonisolated let address: RedisAddress
    public let limits: HistoryLimits

    public let hasOneWriter = true
    public var onTrouble: ((String?) -> Void)?
    public var onOutcome: ((AppendOutcome) -> Void)?

    public internal(set) var trouble: String? {
        didSet {
            switch (oldValue, trouble) {
            case (nil, nil), (.some, .some): break
            default: onTrouble?(trouble)
            }
        }
    }

    public internal(set) var warnings: [String] = []

    let loop = EventLoop.current
    let patience: RedisPatience
    /// What this server calls itself.
    let holderName = "\(UInt64.random(in: 1 ... .max))"
    var state = State.closed
    /// The append that is under way.
    var underWay: Append?
    /// The append that was answered as unknown: it may have been kept all the same.
    var late: Append?
    /// Says that the store is in use.
    var holding: Timeout?
    var pruning: Timeout?
    /// The last event when it was last looked whether there are too many.
    var lookedAt = 0

    enum State {
        case closed
        case holding(RedisSession, RedisHold)
        /// The connection was lost, and another is about to be made. The store was held like this.
        case returning(RedisHold)
        /// Nothing is kept until the server is started again.
        case over
    }

    /// An append that was sent.
    struct Append {
        let events: [TaskEvent]
        /// Where the log ends when it is kept.
        let next: RedisHold
        /// Ends the wait for what became of it.
        let timer: Timeout
    }

    public convenience init(_ address: RedisAddress, limits: HistoryLimits = HistoryLimits()) {
        self.init(address, limits, RedisPatience())
    }

    init(_ address: RedisAddress, _ limits: HistoryLimits, _ patience: RedisPatience) {
        self.address = address
        self.limits = limits
        self.patience = patience
    }

    /// The connection and the store, while it is held.
    var held: (session: RedisSession, hold: RedisHold)? {
        if case .holding(let session, let hold) = state { (session, hold) } else { nil }
    }

    public func close(_ done: @escaping () -> Void) {
        holding?.cancel()
        pruning?.cancel()
        let session = held?.session
        state = .closed
        guard let session else { return done() }
        session.connection.onLost = nil
        session.run(.release, RedisCommand(holderName)) { _ in
            session.connection.close()
            done()
        }
    }
}

/// How long a log on Redis waits.
struct RedisPatience {
    /// For a reply, and for a connection.
    var reply = Duration.seconds(10)
    /// Until an append that is in doubt fails as ``LogError/unknown(_:)``.
    var doubt = Duration.seconds(10)
    /// Until another server that says nothing has let go of the store.
    var hold = Duration.seconds(3)
}
