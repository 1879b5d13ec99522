/// Where changes are decided, one after the other, while the log that makes them last answers later.
///
/// ```
///  command ─▶ decide ─▶ log … confirmed ─▶ commit ─▶ answer, broadcast
///               │                            │
///               ▼                            ▼
///            overlay ── entry goes ─────▶  store ◀── reads
/// ```
///
/// A command is decided against the committed store and, over it, what earlier commands decided and the log has not
/// confirmed yet. Reads see the store alone. The log says one of three things:
///
/// ```swift
/// let decision = ledger.decide(command)
/// if decision.isSettled { return answer(decision.outcome) }
/// switch log.append(Array(decision.events)) {
/// case .kept: ledger.commit(decision)                              // then it is answered, and told to listeners
/// case .behind(let events):                                        // another server wrote first
///     ledger.drop()
///     for event in events { try ledger.follow(event) }             // and all that was decided is decided anew
/// case .failed: ledger.drop()                                      // all that was decided is answered so
/// }
/// ```
///
/// An answer without events may rest on what is not confirmed ("there is no such task", because its deletion is on the
/// way). It waits for its turn behind those, and fails with the rest.
///
/// A command that has a key and has come before is not decided again: what it came to then is its answer, also while that
/// is in flight.
///
/// The ready tasks stand in lanes, and what each worker holds is known: both at the end of what was decided, so that a task
/// can be claimed by the command behind the one that creates it. See `TaskLedger+Moves`.
///
/// When the log fails, nothing is rolled back, because nothing was applied: the overlay is dropped, and with it every
/// decision made on it. Their numbers are given again, so the log must not keep an event that came after one it failed
/// to keep.
public struct TaskLedger: Sendable {
    /// The committed state.
    public internal(set) var store: TaskStore
    /// The committed changes that were made under a key.
    public internal(set) var keyed: KeyedChanges
    package internal(set) var overlay = Overlay()
    /// The tasks that may be claimed, in the lines in which they are.
    public internal(set) var lanes: Lanes
    var holdings = Holdings()
    /// The tasks that are in no lane because of what is decided and not confirmed.
    var aside: [TaskID] = []
    /// The last of the tasks that have failed and could not be pruned, where the next look begins.
    var keptUpTo: EndedTask?
    /// The last event number given.
    var sequence: Int
    /// The latest time since which a task is in its state, as decided and as committed. No event gets an earlier one, even
    /// where the clock was set back: so no task overtakes those that wait. A ledger that begins anew takes it of the tasks
    /// in the store.
    var (latest, committedLatest) = (Int64.min, Int64.min)
    /// The number of the server that decides, which leases say: see ``Lease/server``.
    public var server: Int

    /// A ledger that goes on behind the events that `store` was made of.
    ///
    /// - Parameters:
    ///   - store: The fold of the log so far.
    ///   - keyed: Its changes under keys.
    ///   - aging: How many milliseconds of waiting are worth a point of priority; 0 if no wait is.
    ///   - server: The number of the server that decides.
    ///   - look: Called with each task in the order of their creation: a walk through all of them is not made twice.
    /// - Complexity: O(*n* log *n* + edges).
    public init(
        store: TaskStore = TaskStore(), keyed: KeyedChanges = KeyedChanges(), aging: Int64 = Lanes.standardAging,
        server: Int = 0, lookingAt look: (TaskRecord) -> Void = { _ in }
    ) {
        self.store = store
        self.keyed = keyed
        lanes = Lanes(aging: aging)
        sequence = store.sequence
        self.server = server
        placeAll(look)
    }

    /// Decides `command`, and gives its events their numbers.
    ///
    /// - Complexity: O(edges that change), and O(dependencies of the task) while a deletion is in flight; of what the work
    ///   queue does, see there.
    public mutating func decide(_ command: TaskCommand) -> Decision {
        if let key = command.key, let repetition = repetition(of: command, key) { return repetition }
        let (current, isInFlight) = command.taskID.map { overlay.look(at: $0, over: store) } ?? (nil, false)
        guard command.isPlain(for: current) else { return deliberate(command) }
        let verdict = command.judge(against: current, next: next(at: command.timestamp))
        sequence += verdict.events.count
        for event in verdict.events { overlay.apply(event) }
        move(as: verdict.outcome, from: current)
        let isSettled = verdict.events.isEmpty && !isInFlight
        return Decision(outcome: verdict.outcome, events: verdict.events, isSettled: isSettled)
    }

    /// Decides, event by event, a command that touches other tasks or the work queue.
    private mutating func deliberate(_ command: TaskCommand) -> Decision {
        var draft = Draft(command)
        let outcome = outcome(of: command.action, &draft)
        return draft.decision(outcome)
    }

    /// Decides `command`, has `keep` keep what follows from it, and applies that: for a log that keeps events before it
    /// returns, so that there is nothing to wait for and nothing to look at but the store.
    ///
    /// - Precondition: no decision waits for the log.
    /// - Complexity: as `TaskStore.apply`.
    public mutating func settle(_ command: TaskCommand, keepingBy keep: (TaskEvent) -> Void) -> Decision {
        precondition(overlay.isEmpty, "a decision waits for the log")
        if let key = command.key, let repetition = repetition(of: command, key) { return repetition }
        let current = command.changedTask.flatMap { store[$0] }
        guard command.isPlain(for: current) else { return settleDeliberately(command, keep) }
        let verdict = command.judge(against: current, next: next(at: command.timestamp))
        sequence += verdict.events.count
        for event in verdict.events {
            keep(event)
            apply(event)
        }
        move(as: verdict.outcome, from: current)
        committedLatest = latest
        return Decision(outcome: verdict.outcome, events: verdict.events, isSettled: true)
    }

    private mutating func settleDeliberately(_ command: TaskCommand, _ keep: (TaskEvent) -> Void) -> Decision {
        var draft = Draft(command, isKeptAtOnce: true)
        let outcome = outcome(of: command.action, &draft)
        for event in draft.events { keep(event) }
        committedLatest = latest
        bringBack()
        return draft.decision(outcome)
    }

    /// What is said to a command that has come before under the same key; nil if it is the first. Nothing else is asked of
    /// it: it may expect a state that the task had before it was changed.
    private func repetition(of command: TaskCommand, _ key: IdempotencyKey) -> Decision? {
        let waiting = overlay.change(named: key.name)
        guard let change = waiting ?? keyed.change(named: key.name, at: command.timestamp) else { return nil }
        guard change.key.content == key.content else {
            return Decision(outcome: .refused(.keyMismatch), events: [], isSettled: waiting == nil)
        }
        let (task, isInFlight) = overlay.look(at: change.taskID, over: store)
        let outcome = Decision.Outcome.repeated(change.kind, change.taskID, task)
        return Decision(outcome: outcome, events: [], isSettled: waiting == nil && !isInFlight)
    }
}
