/// A time-out that is judged after a poll: what has arrived in time counts, however late the loop is.
///
/// A callback of many seconds, or a process that was stopped for a while, lets time-outs pass while the bytes that would
/// have prevented them lie in the system's buffers. So when the delay has passed, the loop polls first, and the callbacks
/// of that poll may still ``cancel()``. Then ``EventLoop/now`` is the time of that poll.
///
/// ```swift
/// closing = Deadline(after: .seconds(5), on: loop) { [self] in socket.destroy() }
/// ```
@LoopActor
package final class Deadline {
    private enum State {
        case waiting(Timeout)
        /// The delay has passed, and the poll behind it has not.
        case due
        case over
    }

    private var state = State.over

    /// - Parameters:
    ///   - delay: As long as asked, also above 2³¹ − 1 ms.
    ///   - keepsLoopAlive: Whether the loop waits for it.
    ///   - body: Called once, at the start of a check phase.
    package init(
        after delay: Duration, on loop: EventLoop, keepsLoopAlive: Bool = true, _ body: @escaping () throws -> Void
    ) {
        let timeout = loop.wait(delay) { [self] in
            state = .due
            loop.atCheck { [self] in
                guard case .due = state else { return }
                state = .over
                loop.attempt(body)
            }
        }
        if !keepsLoopAlive { timeout.unref() }
        state = .waiting(timeout)
    }

    /// Takes the deadline back, also while the loop polls for it. Silent when it is over.
    package func cancel() {
        if case .waiting(let timeout) = state { timeout.cancel() }
        state = .over
    }
}
