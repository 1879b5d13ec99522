import DequeModule
import UVCore

/// The connections whose requests have to wait for the next turn of the loop, in the order in which they go on.
///
/// Each has an immediate that lets the first of them go on. When they have used what they may use of a turn together, the
/// others keep their places.
struct WaitingTurns {
    fileprivate var connections = Deque<(connection: HTTPConnection, since: UInt64)>()
    fileprivate var turn: UInt64 = 0
    fileprivate var start: Int64 = 0
}

extension HTTPServer {
    /// Lets `connection` go on in the next turn, behind those that wait already.
    func waitForTurn(_ connection: HTTPConnection) {
        state.turns.connections.append((connection, loop.iteration))
        scheduleTurn()
    }

    private func scheduleTurn() {
        loop.setImmediate { [self] in
            guard mayTakeTurn(), let (connection, _) = state.turns.connections.popFirst() else {
                if !state.turns.connections.isEmpty { scheduleTurn() }
                return
            }
            connection.takeTurn()
        }
    }

    /// Whether the first connection may go on now: it has waited for the end of its turn, and the time that all of them
    /// have together is not used up.
    private func mayTakeTurn() -> Bool {
        guard let first = state.turns.connections.first, first.since != loop.iteration else { return false }
        if state.turns.turn != loop.iteration {
            (state.turns.turn, state.turns.start) = (loop.iteration, loop.preciseTime)
            return true
        }
        return loop.preciseTime - state.turns.start < limits.waitingTimePerTurn.wholeNanoseconds
    }
}
