import UVWebSocket

/// One of a worker's two ways to the server: one turn at a time, and a pause behind a failure.
package struct WorkerLine {
    package enum Name: Sendable, CaseIterable {
        /// Parked at the server while there is no task.
        case claims
        case reports
    }

    private enum State {
        case free
        /// A turn is under way.
        case busy(Turn)
        /// The last has failed; not before then.
        case paused(until: Int64)
    }

    private var state = State.free
    private let standard: Backoff
    private var backoff: Backoff

    init(_ backoff: Backoff) { (standard, self.backoff) = (backoff, backoff) }

    /// The turn that is under way.
    package var turn: Turn? { if case .busy(let turn) = state { turn } else { nil } }

    /// Until when it is left alone.
    package var pause: Int64? { if case .paused(let until) = state { until } else { nil } }

    func isFree(at now: Int64) -> Bool {
        switch state {
        case .free: true
        case .busy: false
        case .paused(let until): until <= now
        }
    }

    mutating func begin(_ turn: Turn) { state = .busy(turn) }

    /// The turn is over.
    mutating func end() -> Turn? {
        guard let turn else { return nil }
        state = .free
        return turn
    }

    /// The server has answered: the next pause is a short one again.
    mutating func succeed() { backoff = standard }

    /// It is left alone until then, for no failure.
    mutating func rest(until time: Int64) { state = .paused(until: time) }

    mutating func pause(from now: Int64, atLeast least: Duration?, using generator: inout some RandomNumberGenerator) {
        let delay = max(backoff.delay(using: &generator), least ?? .zero)
        // Of a fraction of a millisecond nothing is left, and a pause of nothing would turn the loop for nothing.
        state = .paused(until: now + max(delay.wholeMilliseconds, 1))
    }
}
