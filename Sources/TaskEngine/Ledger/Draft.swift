/// A decision in the making: what a command has led to until now. All of it stands in the ledger's overlay already, so
/// that each part of a command sees those before it.
struct Draft {
    let command: TaskCommand
    private(set) var events: [TaskEvent] = []
    /// Whether something was looked at that the log has not confirmed.
    private(set) var hasLookedAhead = false

    init(_ command: TaskCommand) { self.command = command }

    var timestamp: Timestamp { command.timestamp }

    mutating func note(isInFlight: Bool) { if isInFlight { hasLookedAhead = true } }

    /// Adds the next event, and returns it. The command's key goes with the first one.
    mutating func add(
        _ change: TaskEvent.Change, sequence: Int, cause: TaskEvent.Cause?, bodies: BodyChange?
    ) -> TaskEvent {
        let event = TaskEvent(
            change, sequence: sequence, requestID: command.requestID, timestamp: command.timestamp,
            key: events.isEmpty ? command.key : nil, cause: cause, bodies: bodies)
        events.append(event)
        return event
    }

    func decision(_ outcome: Decision.Outcome) -> Decision {
        Decision(outcome: outcome, events: events, isSettled: events.isEmpty && !hasLookedAhead)
    }
}
