import TaskEngine
import TaskStorage
import UVCore

/// The tasks, and the one way to change them: decided, kept by the log, applied, answered, told to all listeners.
@LoopActor
final class TaskBoard {
    typealias Answer = (Result<Decision.Outcome, LogError>) -> Void

    /// Called with each event, in the order of the log, when it was applied and its command was answered.
    var onEvent: ((TaskEvent, EventOrigin) -> Void)?

    /// Called when the history that was known is another one, and what was decided has failed: the board is to begin with
    /// this.
    var onReload: ((LogStart) -> Void)?

    /// Called behind a change with the lanes in which there is something to claim since; nil while no claim waits.
    var onOffers: (([LaneName]) -> Void)?

    // What each change touches is unchecked for exclusive access: the log, the answer and the listeners are called when it
    // has changed, and the log that is called while it does knows no board.
    @exclusivity(unchecked) private var ledger = TaskLedger()
    private let eventLog: any EventLog
    /// The log, if no change has to wait for it.
    private let immediateLog: (any ImmediateLog)?
    let servers: Servers
    @exclusivity(unchecked) private var ids = TaskIDGenerator()
    @exclusivity(unchecked) private var random = RandomBits()
    private let loop = EventLoop.current

    /// Where the next append goes; nil until the log has been read.
    private var position: LogPosition? {
        didSet { if position?.epoch != oldValue?.epoch { epochName = position?.epoch.description } }
    }
    /// The text of ``epoch``, worked out once for all answers that say it.
    private(set) var epochName: String?
    /// The changes that wait for the log.
    @exclusivity(unchecked) private var line = ChangeLine<Client>()
    /// Whether the next append is to come at the end of this turn.
    @exclusivity(unchecked) private var isAppendDue = false
    @exclusivity(unchecked) private var gathering = Gathering()
    /// What the log has kept.
    @exclusivity(unchecked) private(set) var appends = AppendTally()
    private var appendBeganAt: Int64 = 0

    /// A closure as it is: one that a generic type has is wrapped in another, which has to be allocated.
    private struct Client {
        let answer: Answer
    }

    init(_ eventLog: any EventLog) {
        self.eventLog = eventLog
        immediateLog = eventLog as? any ImmediateLog
        servers = Servers(eventLog)
        eventLog.onOutcome = { [weak self] outcome in self?.conclude(outcome) }
        eventLog.onNews = { [weak self] events, position in self?.hear(events, upTo: position) }
        eventLog.onReload = { [weak self] start in self?.beginAnew(with: start) }
    }

    /// Begins with what the log has kept.
    ///
    /// - Parameters:
    ///   - aging: How much waiting a point of priority is worth.
    ///   - look: Called with each task.
    func begin(
        with start: LogStart, aging: Duration = .milliseconds(Lanes.standardAging),
        lookingAt look: (TaskRecord) -> Void = { _ in }
    ) {
        ledger = TaskLedger(
            store: start.store, keyed: start.keyed, aging: aging.wholeMilliseconds, server: eventLog.server,
            lookingAt: look)
        ids = TaskIDGenerator(after: start.store.lastID)
        random.begin()
        position = start.position
    }

    /// What is committed, and so what reads see. To be looked at and let go of: see `TaskStore` on copies.
    var store: TaskStore { ledger.store }

    /// The name of the log's history; nil until the log has been read.
    var epoch: LogEpoch? { position?.epoch }

    /// Whether the log has not been read yet.
    var isLoading: Bool { position == nil }

    /// An id for a new task, which no client can guess from another.
    func nextID(at time: Timestamp) -> TaskID {
        ids.next(at: time, random: random.next())
    }

    /// Since when the task waits that is next in a project; nil if none is ready.
    func nextSince(in project: PlainText?) -> Timestamp? {
        ledger.lanes.next(in: project).flatMap { ledger.store[$0] }
            .map { Timestamp(milliseconds: ledger.store.rank(of: $0).since.at) }
    }

    /// How many tasks have not ended, those on their way to the log among them.
    var openTasks: Int { ledger.store.counts.open + ledger.overlay.newTasks }

    /// How many bytes all tasks carry, those on their way to the log among them.
    var bodyBytes: Int { ledger.store.bodyBytes + ledger.overlay.newBytes }

    /// How many changes are on their way to the log.
    var waitingChanges: Int { line.count }

    /// Bits that no client can foretell.
    func randomBits() -> UInt64 { random.next() }

    /// Forgets what there was to claim until now: a claim has been decided on it.
    func forgetOffers() { _ = ledger.takeOffers() }

    /// Decides a command and answers it when the log has kept what follows from it.
    ///
    /// - Parameter answer: Called with the outcome, or with why there is none. At once if the log keeps events at once, if
    ///   nothing is to be kept and nothing that is not kept yet was looked at, if a claim finds nothing, and if too much
    ///   waits for the log.
    func submit(_ command: consuming TaskCommand, _ answer: @escaping Answer) {
        if settle(command, { answer(.success($0)) }) { return }
        guard !line.isFull else { return answer(.failure(.refused("too many changes wait for the log"))) }
        let decision = decide(command)
        // Another server may have changed what this one has looked at: only the log knows.
        if decision.isSettled && eventLog.hasOneWriter || decision.outcome.isEmptyClaim {
            return answer(.success(decision.outcome))
        }
        line.add(command, decision, for: Client(answer: answer))
        appendSoon()
        tellOffers()
    }

    private func decide(_ command: TaskCommand) -> Decision {
        // A server that was away for too long comes back under another number.
        ledger.server = eventLog.server
        return ledger.decide(command)
    }

    /// As ``submit(_:_:)``, where the log keeps events at once; false if it does not, and then nothing was done.
    func settle(_ command: TaskCommand, _ answer: (Decision.Outcome) -> Void) -> Bool {
        guard let immediateLog else { return false }
        let decision = ledger.settle(command) { immediateLog.keep($0) }
        if !decision.events.isEmpty { appends.keepAtOnce(decision.events.count) }
        conclude(decision, answer)
        return true
    }

    /// The client hears first, then the listeners.
    private func conclude(_ decision: Decision, _ answer: (Decision.Outcome) -> Void) {
        answer(decision.outcome)
        if let onEvent { for event in decision.events { onEvent(event, .own) } }
        tellOffers()
    }

    private func tellOffers() {
        guard let onOffers else { return }
        let offers = ledger.takeOffers()
        if !offers.isEmpty { onOffers(offers) }
    }
}

extension Decision.Outcome {
    /// Whether it is a claim that has found nothing. It may be told at once, whatever it rests on: nothing follows from it.
    fileprivate var isEmptyClaim: Bool {
        if case .claimed(let tasks, _) = self { tasks.isEmpty } else { false }
    }
}

// MARK: - A log that is not immediate

extension TaskBoard {
    /// Appends what the whole turn has decided, when no append is under way.
    private func appendSoon() {
        guard !isAppendDue, !line.isUnderWay else { return }
        isAppendDue = true
        loop.atCheck { [self] in
            isAppendDue = false
            if gathering.goesOn(waiting: line.count, at: loop.preciseTime) { return appendSoon() }
            append()
        }
    }

    private func append() {
        guard let position, let events = line.next() else { return }
        appendBeganAt = loop.preciseTime
        gathering.begin(at: appendBeganAt)
        // What was decided on events that are kept by now is true, if no other server can have changed it.
        if events.isEmpty, eventLog.hasOneWriter { return conclude(.kept(position)) }
        if let outcome = eventLog.append(events, behind: position) { conclude(outcome) }
    }

    private func conclude(_ outcome: AppendOutcome) {
        switch outcome {
        case .kept(let position): keep(upTo: position)
        case .behind(let events, let position): follow(events, upTo: position)
        case .failed(let error):
            appends.fail()
            fail(error)
        }
        if line.count > 0 { appendSoon() }
    }

    private func hear(_ news: [TaskEvent], upTo position: LogPosition) {
        follow(news, upTo: position)
        if line.count > 0 { appendSoon() }
    }

    private func beginAnew(with start: LogStart) {
        fail(.refused("the log has another history"))
        onReload?(start)
        tellOffers()
    }

    /// Applies all that was kept, before the first client hears of it.
    private func keep(upTo position: LogPosition) {
        self.position = position
        let kept = line.takeKept()
        let now = loop.preciseTime
        gathering.end(answering: kept.changes.count, waiting: line.count, at: now)
        if !kept.events.isEmpty { appends.keep(kept.events.count, in: now - appendBeganAt) }
        ledger.commit(kept.events)
        // Each is looked at where it lies: a copy would count its references.
        let (changes, events) = (kept.changes.span, kept.events.span)
        var told = 0
        for index in changes.indices {
            changes[index].client.answer(.success(changes[index].outcome))
            let end = told + changes[index].eventCount
            while told < end {
                onEvent?(events[told], .own)
                told += 1
            }
        }
        tellOffers()
    }

    /// Applies what other servers have written, and decides anew, in the same order, what was decided without it.
    private func follow(_ events: [TaskEvent], upTo position: LogPosition) {
        ledger.drop()
        do throws(ReplayError) {
            for event in events { try ledger.follow(event) }
        } catch {
            eventLog.readAnew()
            return fail(.refused("the log's events do not follow from one another: \(error)"))
        }
        self.position = position
        if let onEvent { for event in events { onEvent(event, .other) } }
        ids = TaskIDGenerator(after: ledger.store.lastID)
        let (underWay, waiting) = line.takeAll()
        for change in underWay + waiting {
            // A task that is created behind those of others has an id above theirs.
            let command = change.command.withNewIDs { nextID(at: change.command.timestamp) }
            line.add(command, decide(command), for: change.client)
        }
        tellOffers()
    }

    /// Nothing was applied, so nothing is rolled back: what was decided is dropped. Of what was not appended it is certain
    /// that it was not kept.
    private func fail(_ error: LogError) {
        ledger.drop()
        let (underWay, waiting) = line.takeAll()
        for change in underWay { change.client.answer(.failure(error)) }
        for change in waiting { change.client.answer(.failure(.refused(error.message))) }
        tellOffers()
    }
}
