public import TaskEngine
public import UVCore

/// A log on Redis, which several servers write to: order and durability are Redis'.
///
/// ```
///          open           load           the connection breaks
///   closed ────▶ reading ─────▶ joined ─────────────────────▶ returning
///                   ▲             ▲ nothing is missing             │ a new generation
///                   │             └────────────────────────────────┤
///                   └──────────────────────────────────────────────┘ what this server knows is not there any more
/// ```
///
/// An append is one script: it compares the end of the log with where the server thinks it is, and writes all or nothing.
/// What other servers have written comes by a second connection, or as the answer to an append that came behind it. While
/// there is no other server, this one waits on that connection for one that joins. Every 1.5 s it sends a beat: the others
/// see by it that this server lives, and the answer says which servers there are and where the log ends. Events that are
/// missing then are fetched.
///
/// Each connection is a generation of its server, and no script of a former one is kept. So what became of an append whose
/// connection broke is known when there is another: it stands in the log then, or never will.
@LoopActor
public final class RedisLog: EventLog {
    public nonisolated let address: RedisAddress
    public let limits: HistoryLimits

    public let hasOneWriter = false
    public var onTrouble: ((String?) -> Void)?
    public var onOutcome: ((AppendOutcome) -> Void)?
    public var onNews: (([TaskEvent], LogPosition) -> Void)?
    public var onReload: ((LogStart) -> Void)?
    public var onDeath: ((Int) -> Void)?
    public var onWarning: ((String) -> Void)?
    public var notes: (any SharedNotes)? { ownNotes }

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
    /// By it the server is known again when its connection was lost.
    let name = "\(UInt64.random(in: 1 ... .max))"
    var state = State.closed
    /// The append that is under way.
    var underWay: Append?
    var courtesy = RedisCourtesy()
    /// Nil where none was asked for.
    var agreement: Agreement?
    /// Whether news are waited for.
    var isFollowing = false
    /// The entry of ``RedisKeys/joins`` that it waits behind while it is alone; nil: its own.
    var lastJoin: String?
    /// Whether another server has joined since the last beat.
    var hasSeenJoin = false
    let ownNotes = RedisNotes()
    var peers: RedisPeers
    /// When the last beat was sent that Redis has answered, in nanoseconds of the loop's clock.
    var heardAt: Int64 = 0
    public internal(set) var server = 0
    var beating: Timeout?
    var beatCount = 0
    /// Milliseconds since 1970, by this machine's clock.
    var wallTime: () -> Int64 = SystemTime.milliseconds
    /// Whether that and Redis' clock were apart when they were last compared.
    var areClocksApart = false
    var pruning: Timeout?
    var isSweeping = false
    /// The last event when it was last looked whether there are too many.
    var lookedAt = 0

    enum State {
        case closed
        /// The store is read, from its beginning or anew.
        case reading(RedisSession, RedisMember)
        /// All is known up to that end.
        case joined(RedisSession, RedisMember, RedisEnd)
        /// The connection was lost, and another is about to be made. All was known up to that end, if it was.
        case returning(RedisEnd?)
    }

    /// An append that was sent.
    struct Append {
        let events: [TaskEvent]
        /// Where the log ends when it is kept.
        let next: RedisEnd
        /// Ends the wait for what became of it.
        let timer: Timeout
        /// While it is another server's turn: sends it once more.
        var pause: Timeout?
        /// What is on its way are not its events: it asks what has come in front of them.
        var isQuestion = false
    }

    public convenience init(_ address: RedisAddress, limits: HistoryLimits = HistoryLimits()) {
        self.init(address, limits, RedisPatience())
    }

    init(_ address: RedisAddress, _ limits: HistoryLimits, _ patience: RedisPatience) {
        self.address = address
        self.limits = limits
        self.patience = patience
        peers = RedisPeers(death: patience.death.wholeNanoseconds)
    }

    /// Whether news are taken. While an append is on its way they are not: its own events are no news, and its answer says what
    /// has come in front of them.
    var takesNews: Bool { underWay.map { $0.pause != nil } ?? true }

    /// What the store is known by, while it is.
    var joined: (session: RedisSession, member: RedisMember, end: RedisEnd)? {
        if case .joined(let session, let member, let end) = state { (session, member, end) } else { nil }
    }

    /// The connection, while there is one.
    var connected: (session: RedisSession, member: RedisMember)? {
        switch state {
        case .closed, .returning: nil
        case .reading(let session, let member), .joined(let session, let member, _): (session, member)
        }
    }

    public func close(_ done: @escaping () -> Void) {
        beating?.cancel()
        pruning?.cancel()
        let connected = connected
        state = .closed
        answerFailed(.unknown("the server ends"))
        ownNotes.pause()
        guard let (session, member) = connected else { return done() }
        session.onLost = nil
        session.run(.leave, RedisCommand(of: member)) { _ in
            session.close()
            done()
        }
    }
}

extension RedisCommand {
    /// The first arguments of a script, which say whose it is.
    init(of member: RedisMember) { self.init("\(member.server)", member.generation) }
}

/// How long a log on Redis waits.
struct RedisPatience {
    /// For a reply, and for a connection.
    var reply = Duration.seconds(10)
    /// Until an append that is in doubt fails as ``LogError/unknown(_:)``.
    var doubt = Duration.seconds(10)
    /// How often a server says that it is there.
    var beat = Duration.milliseconds(1_500)
    /// Until a server of which Redis has heard nothing does not take itself for alive any more.
    var silence = Duration.seconds(5)
    /// Until others take it for dead: later than itself, whenever its last beat has come.
    var death = Duration.milliseconds(6_500)
}
