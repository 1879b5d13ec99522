/// A decision in the making: what a command has led to until now. All of it stands in the ledger's overlay already, so
/// that each part of a command sees those before it; or in the store, where the log keeps what is decided at once.
struct Draft {
    /// What the events have of the command; not the command, a copy of which counts the references of what is asked for.
    private let requestID: RequestName
    private let key: IdempotencyKey?
    let timestamp: Timestamp
    let random: UInt64
    /// Whether the log keeps events at once: there is nothing to wait for, and an event is applied when it is told.
    let isKeptAtOnce: Bool
    private(set) var events = EventList()
    /// Whether something was looked at that the log has not confirmed.
    private(set) var hasLookedAhead = false

    init(_ command: TaskCommand, isKeptAtOnce: Bool = false) {
        (requestID, key) = (command.requestID, command.key)
        (timestamp, random) = (command.timestamp, command.random)
        self.isKeptAtOnce = isKeptAtOnce
    }

    mutating func note(isInFlight: Bool) { if isInFlight { hasLookedAhead = true } }

    /// The next event. The command's key goes with the first one.
    func event(
        _ change: consuming TaskEvent.Change, sequence: Int, cause: TaskEvent.Cause?, bodies: BodyChange?
    ) -> TaskEvent {
        TaskEvent(
            change, sequence: sequence, requestID: requestID, timestamp: timestamp, key: events.isEmpty ? key : nil,
            cause: cause, bodies: bodies)
    }

    mutating func add(_ event: consuming TaskEvent) { events.append(event) }

    func decision(_ outcome: Decision.Outcome) -> Decision {
        Decision(outcome: outcome, events: events, isSettled: isKeptAtOnce || events.isEmpty && !hasLookedAhead)
    }
}
