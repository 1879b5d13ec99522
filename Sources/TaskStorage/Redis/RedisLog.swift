public import TaskEngine
public import UVCore

/// A log on Redis: order and durability are Redis'.
///
/// ```
///   append ──▶ one script: is the end where we think? events, rows, the new end ──▶ onOutcome
///   lost   ──▶ connect again ──▶ take: a new generation, so no late script is kept ──▶ what became of the append is known
/// ```
///
/// One server uses a store at a time: the one that has taken it last, by a number that each append names. Who uses it says
/// so each second, so that another is told at its start.
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

    /// Whether the log keeps nothing now.
    var isTroubled: Bool { if case .some = trouble { true } else { false } }

    public internal(set) var warnings: [String] = []

    let loop = EventLoop.current
    /// The connection, while there is one that was greeted.
    var session: RedisSession?
    /// The store as it was taken last; nil before that.
    var hold: Hold?
    /// The append that is under way.
    var underWay: Append?
    /// The append that was answered as unknown: it may have been kept all the same.
    var late: Append?
    /// Whether it is about to take the store again.
    var isComingBack = false
    /// Whether ``close(_:)`` was called.
    var isClosed = false
    /// Says that the store is in use.
    var clock: Timeout?
    var pruning: Timeout?
    /// The last event when it was last looked whether there are too many.
    var lookedAt = 0
    /// What this server calls itself.
    let name = "\(UInt64.random(in: 1 ... .max))"

    /// What ``RedisScript/take`` has returned.
    struct Hold {
        var generation: String
        var position: LogPosition
        var lastID: TaskID?
    }

    struct Append {
        let events: [TaskEvent]
        /// Where the log ends when it is kept.
        let end: LogPosition
        let lastID: TaskID?
        /// Ends the wait for what became of it.
        let timer: Timeout
    }

    /// How long another server may be silent until it has let go of the store, in milliseconds.
    static let holdLimit = 3_000
    /// How long an append may be in doubt before it fails as ``LogError/unknown(_:)``.
    static let doubtLimit = Duration.seconds(10)

    public init(_ address: RedisAddress, limits: HistoryLimits = HistoryLimits()) {
        self.address = address
        self.limits = limits
    }

    public func close(_ done: @escaping () -> Void) {
        isClosed = true
        clock?.cancel()
        pruning?.cancel()
        guard let session = session.take() else { return done() }
        session.run(.release, RedisCommand(name)) { _ in
            session.connection.close()
            done()
        }
    }
}

// MARK: - Appending

extension RedisLog {
    public func append(_ events: [TaskEvent], behind position: LogPosition) -> AppendOutcome? {
        if let trouble { return .failed(.refused(trouble)) }
        guard let session, let hold, position == hold.position else {
            return .failed(.refused("\(address) does not end where the server thinks"))
        }
        let end = LogPosition(
            epoch: position.epoch, sequence: events.last?.sequence ?? position.sequence,
            append: .random(in: 1 ... .max))
        let lastID = events.reduce(hold.lastID) { last, event in
            guard case .created(let task) = event.change else { return last }
            return last.map { max($0, task.id) } ?? task.id
        }
        let timer = loop.wait(Self.doubtLimit) { [weak self] in self?.endDoubt() }
        underWay = Append(events: events, end: end, lastID: lastID, timer: timer)
        session.run(.append, Self.arguments(of: events, hold, end, lastID)) { [weak self] result in
            self?.conclude(result)
        }
        return nil
    }

    private static func arguments(
        of events: [TaskEvent], _ hold: Hold, _ end: LogPosition, _ lastID: TaskID?
    ) -> RedisCommand {
        let start = hold.position
        var command = RedisCommand(
            hold.generation, "\(start.epoch.number)", "\(start.sequence)", "\(start.append)", "\(end.sequence)",
            "\(end.append)",
            lastID?.description ?? "", "\(events.count)")
        for event in events {
            command.append("\(event.sequence)-0")
            command.append(event.compact)
        }
        RedisRows(of: events).write(to: &command)
        return command
    }

    private func conclude(_ result: Result<RedisReturn, RedisError>) {
        switch result {
        case .success(let returned):
            switch returned.verdict {
            case .kept: end(.kept)
            case .fenced:
                trouble = "another server has taken \(address)"
                end(.refused(trouble ?? ""))
            default: lose("\(address) was written by another program")
            }
        // It was refused before the script began, or the script has failed: the end of the log says which.
        case .failure(let error): lose(error.message)
        }
    }

    enum End {
        case kept
        case refused(String)
        case unknown(String)
    }

    /// Answers the append that is under way.
    func end(_ end: End) {
        guard let append = underWay.take() else { return }
        append.timer.cancel()
        switch end {
        case .kept:
            hold?.position = append.end
            hold?.lastID = append.lastID
            onOutcome?(.kept(append.end))
            pruneIfFull(append.end)
        case .refused(let message): onOutcome?(.failed(.refused(message)))
        case .unknown(let message): onOutcome?(.failed(.unknown(message)))
        }
    }

    private func endDoubt() {
        late = underWay
        lose(trouble ?? "Redis has not answered for \(Self.doubtLimit)")
        end(.unknown(trouble ?? ""))
    }
}
