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
/// switch log.append(decision.events) {
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
/// When the log fails, nothing is rolled back, because nothing was applied: the overlay is dropped, and with it every
/// decision made on it. Their numbers are given again, so the log must not keep an event that came after one it failed
/// to keep.
public struct TaskLedger: Sendable {
    /// The committed state.
    public private(set) var store: TaskStore
    /// The committed changes that were made under a key.
    public private(set) var keyed: KeyedChanges
    private(set) var overlay = Overlay()
    /// The last event number given.
    private var sequence: Int

    /// - Parameters:
    ///   - store: The fold of the log so far.
    ///   - keyed: Its changes under keys.
    public init(store: TaskStore = TaskStore(), keyed: KeyedChanges = KeyedChanges()) {
        self.store = store
        self.keyed = keyed
        sequence = store.sequence
    }

    /// Decides `command`, and gives its events their numbers.
    ///
    /// - Complexity: O(edges that change), and O(dependencies of the task) while a deletion is in flight.
    public mutating func decide(_ command: TaskCommand) -> Decision {
        if let key = command.key, let repetition = repetition(of: command, key) { return repetition }
        let (current, isInFlight) = look(at: command.taskID)
        let verdict = command.judge(against: current, sequence: sequence + 1)
        sequence += verdict.events.count
        // Each event is looked at where it lies: a copy of it would count its references.
        let events = verdict.events.span
        for index in events.indices { overlay.apply(events[index]) }
        let isSettled = verdict.events.isEmpty && !isInFlight
        return Decision(outcome: verdict.outcome, events: verdict.events, isSettled: isSettled)
    }

    /// Decides `command`, has `keep` keep what follows from it, and applies that: for a log that keeps events before it
    /// returns, so that there is nothing to wait for and nothing to look at but the store.
    ///
    /// - Precondition: no decision waits for the log.
    /// - Complexity: as `TaskStore.apply`.
    public mutating func settle(_ command: TaskCommand, keepingBy keep: ([TaskEvent]) -> Void) -> Decision {
        precondition(overlay.isEmpty, "a decision waits for the log")
        if let key = command.key, let repetition = repetition(of: command, key) { return repetition }
        let verdict = command.judge(against: command.taskID.flatMap { store[$0] }, sequence: sequence + 1)
        if !verdict.events.isEmpty { keep(verdict.events) }
        sequence += verdict.events.count
        for event in verdict.events { apply(event) }
        return Decision(outcome: verdict.outcome, events: verdict.events, isSettled: true)
    }

    private func look(at id: TaskID?) -> (task: TaskRecord?, isInFlight: Bool) {
        id.map { overlay.look(at: $0, over: store) } ?? (nil, false)
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

    /// Applies what the log has confirmed. Decisions are committed in the order in which they were made, each once, and
    /// none that was made before the overlay was dropped.
    ///
    /// - Complexity: as `TaskStore.apply`.
    public mutating func commit(_ decision: Decision) { commit(decision.events) }

    /// Applies the events of decisions, one behind the other, that the log has confirmed.
    public mutating func commit(_ events: [TaskEvent]) {
        let events = events.span
        for index in events.indices {
            apply(events[index])
            overlay.confirm(events[index])
        }
    }

    private mutating func apply(_ event: TaskEvent) {
        do throws(ReplayError) {
            try store.apply(event)
        } catch {
            preconditionFailure("committed out of turn: \(error)")
        }
        keyed.apply(event)
    }

    /// Forgets every decision that is not committed.
    ///
    /// - Complexity: O(what stands in the overlay), however many tasks there are.
    public mutating func drop() {
        overlay = Overlay()
        sequence = store.sequence
    }

    /// Applies an event that another server has decided.
    ///
    /// - Precondition: No decision waits for the log.
    /// - Throws: If it does not follow from those before it. Then it was not applied.
    public mutating func follow(_ event: TaskEvent) throws(ReplayError) {
        precondition(overlay.isEmpty, "a decision waits for the log")
        try store.apply(event)
        keyed.apply(event)
        sequence = store.sequence
    }
}
