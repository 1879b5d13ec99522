import UVCore
package import UVWebSocket

/// What a worker holds, what it has to tell, and what it says next: a pure value without a socket, a clock or a task.
///
/// ```
///             ┌────────── claims: results, and "more, please"; parked while there is none ──────────┐
/// worker ─────┤                                                                                     ├──► /tasks/work
///             └────────── reports: renewals at a third of each lease, results meanwhile ────────────┘
///
/// working ──drain──► draining ──its time is over──► releasing ──all told, or 5 s──► over
///                       └────────────── nothing held, all told ──────────────────────┘
/// ```
///
/// A task is held from the answer that brought it until its handler has ended. Then its outcome is told, again and again
/// until the server has answered: to hear it twice is nothing to the server. As many tasks are claimed as slots are free.
///
/// All times are in the loop's milliseconds. Each change returns what is to be done for it, in order.
package struct WorkerState {
    package struct Settings: Sendable {
        package var worker: String
        package var types: [String] = []
        package var slots = 1
        package var lease: Duration?
        package var wait: Duration = .seconds(20)

        /// One task, if there is one, and no more.
        package var isOnce = false

        /// What the keys of its claims begin with: no other worker's do.
        package var keyPrefix: String
        package var backoff = Backoff()

        package init(worker: String, keyPrefix: String) { (self.worker, self.keyPrefix) = (worker, keyPrefix) }
    }

    package enum Action: Sendable {
        case start(ClaimedTask)
        /// Tell the handler that its task is not wanted any more.
        case cancel(ClaimID)
        case tell(TaskWorker.Notice)
        /// It ends: an admin wants it, or what it was refused will be refused again.
        case stop(TaskError?)
    }

    enum Stage {
        case working
        /// Nothing more is claimed; what is held may end, until then; nil for however long that takes.
        case draining(until: Int64?)
        /// What was held is given back; it is tried to tell that, until then.
        case releasing(until: Int64)
        case over
    }

    /// A task whose handler runs.
    struct Held {
        /// In milliseconds. At least a second, whatever a server says: a renewal of a shorter one would always be due.
        let lease: Int64
        /// When the lease has begun, or the last attempt to renew it.
        var since: Int64
        var progress: Turn.Progress?
        /// A refused one is another worker's, or no worker's.
        var isLost = false

        init(lease: Int64, since: Int64) { (self.lease, self.since) = (max(lease, 1_000), since) }

        var renewal: Int64 { since + lease / 3 }
    }

    let settings: Settings
    var stage = Stage.working
    var held: [ClaimID: Held] = [:]
    var untold: [Turn.Outcome] = []
    var isQuiet = false
    var claimCount = 0

    /// Whether a claim was given up whose answer may be on its way. The same is claimed once more, without a wait: what the
    /// server has given for it comes again, and is given back.
    var isRecalling = false

    /// One for each of the two ways to the server.
    var claims: WorkerLine
    var reports: WorkerLine

    package init(_ settings: Settings) {
        self.settings = settings
        claims = WorkerLine(settings.backoff)
        reports = WorkerLine(settings.backoff)
    }

    // MARK: - What there is

    package var heldCount: Int { held.count }

    package var freeSlots: Int { settings.slots - held.count }

    package var isOver: Bool { if case .over = stage { true } else { false } }

    var isWorking: Bool { if case .working = stage { true } else { false } }

    package subscript(line: WorkerLine.Name) -> WorkerLine {
        get { line == .claims ? claims : reports }
        set { if line == .claims { claims = newValue } else { reports = newValue } }
    }

    // MARK: - What is said next

    /// The next turn on a line, which is under way then; nil when there is nothing to say there now.
    ///
    /// - Complexity: O(what is held and untold).
    package mutating func nextTurn(on line: WorkerLine.Name, at now: Int64) -> Turn? {
        guard !isOver, self[line].isFree(at: now) else { return nil }
        var turn = Turn(worker: settings.worker, madeAt: now)
        if line == .claims {
            guard mayClaim || asksWhetherToGoOn || isRecalling else { return nil }
            turn.claim = mayClaim || isRecalling ? claim() : nil
        }
        turn.outcomes = takeUntold()
        turn.renewals = takeRenewals(at: now)
        guard line == .claims || !turn.outcomes.isEmpty || !turn.renewals.isEmpty else { return nil }
        self[line].begin(turn)
        return turn
    }

    private var mayClaim: Bool { isWorking && !isQuiet && freeSlots > 0 }

    /// A turn without a claim hears whether the worker may claim again.
    private var asksWhetherToGoOn: Bool { isWorking && isQuiet }

    private func claim() -> Turn.Claim {
        let isSingle = settings.isOnce || isRecalling
        return Turn.Claim(
            types: settings.types, limit: isSingle ? 1 : min(freeSlots, Turn.mostItems), lease: settings.lease,
            wait: isSingle ? .zero : settings.wait, key: "\(settings.keyPrefix)-\(claimCount)")
    }

    private mutating func takeUntold() -> [Turn.Outcome] {
        var (count, bytes) = (0, 0)
        for outcome in untold.prefix(Turn.mostItems) {
            bytes += outcome.byteCount
            if count > 0, bytes > Turn.mostBytes { break }
            count += 1
        }
        defer { untold.removeFirst(count) }
        return Array(untold.prefix(count))
    }

    private mutating func takeRenewals(at now: Int64) -> [Turn.Renewal] {
        let due = held.filter { !$0.value.isLost && $0.value.renewal <= now }.prefix(Turn.mostItems)
        for (id, _) in due { held[id]?.since = now }
        return due.map { Turn.Renewal(id: $0.key, progress: $0.value.progress) }
    }

    /// When to look again although nothing has happened; nil for never.
    ///
    /// - Complexity: O(what is held).
    package func wake(after now: Int64) -> Int64? {
        var times: [Int64] = []
        switch stage {
        case .over: return nil
        case .working: if mayClaim || asksWhetherToGoOn { times += claims.pause.map { [$0] } ?? [] }
        case .draining(let until): times += until.map { [$0] } ?? []
        case .releasing(let until): times.append(until)
        }
        if reports.turn == nil {
            times += held.values.filter { !$0.isLost }.map { max($0.renewal, reports.pause ?? 0) }
            if !untold.isEmpty { times += reports.pause.map { [$0] } ?? [] }
        }
        return times.min().map { max($0, now) }
    }
}
