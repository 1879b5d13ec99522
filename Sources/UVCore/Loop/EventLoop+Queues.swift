// Without it an append is that of any collection, which costs twice as much.
import DequeModule

/// What a program asks to be called: next, in the check phase, or when time has passed.
extension EventLoop {
    /// Calls `callback` after the running callback, before the microtasks and before the loop goes on.
    ///
    /// - Complexity: O(1).
    public func nextTick(_ callback: consuming @escaping () throws -> Void) {
        // As in Node: when the exit handlers run, there is no next tick.
        guard state.stage == .running else { return }
        state.ticks.append(Tick(callback: callback))
        requestCheckOutsideScopes()
    }

    /// Calls `callback` after the running callback and its ticks, in one queue with resumed `async` code.
    ///
    /// - Complexity: O(1).
    public func queueMicrotask(_ callback: @escaping () throws -> Void) {
        if !hasEnded { append(.callback(callback)) }
    }

    /// Calls `callback` in the check phase, after the I/O of this iteration.
    ///
    /// - Complexity: O(1).
    @discardableResult
    public func setImmediate(_ callback: @escaping () throws -> Void) -> Immediate {
        let immediate = Immediate(callback, on: self)
        if hasEnded { return immediate }
        immediates.append(immediate)
        requestCheck()
        retainPoll()
        return immediate
    }

    /// Calls `callback` once, when `delay` has passed.
    ///
    /// Delays are whole milliseconds from 1 to 2³¹ − 1; a fraction is cut, and what lies outside counts as 1. One that
    /// is too long is a `TimeoutOverflowWarning`, see ``onWarning``.
    /// - Complexity: O(1) for a delay that is in use already, O(log d) with d delays in use otherwise.
    @discardableResult
    public func setTimeout(_ delay: Duration, _ callback: @escaping () throws -> Void) -> Timeout {
        makeTimeout(delay, repeats: false, callback)
    }

    /// Calls `callback` once, when `delay` has passed, with the timeout that it belongs to.
    @discardableResult
    public func setTimeout(_ delay: Duration, _ callback: @escaping (Timeout) throws -> Void) -> Timeout {
        makeTimeout(delay, repeats: false) {}.calling(callback)
    }

    /// Calls `callback` again and again; each delay begins when the call before it began.
    ///
    /// A late call shifts all later ones; missed calls are not made up for.
    /// - Complexity: as `setTimeout`.
    @discardableResult
    public func setInterval(_ delay: Duration, _ callback: @escaping () throws -> Void) -> Timeout {
        makeTimeout(delay, repeats: true, callback)
    }

    /// Calls `callback` again and again, with the interval that it belongs to.
    ///
    /// ```swift
    /// loop.setInterval(.seconds(1)) { interval in
    ///     if countDown() == 0 { interval.cancel() }
    /// }
    /// ```
    @discardableResult
    public func setInterval(_ delay: Duration, _ callback: @escaping (Timeout) throws -> Void) -> Timeout {
        makeTimeout(delay, repeats: true) {}.calling(callback)
    }

    private func makeTimeout(_ delay: Duration, repeats: Bool, _ callback: @escaping () throws -> Void) -> Timeout {
        guard delay > Timeout.longestDelay else { return wait(delay, repeats: repeats, callback) }
        warn(.timeoutOverflow(delay))
        return wait(.zero, repeats: repeats, callback)
    }

    /// As `setTimeout` and ``setInterval(_:_:)``, for delays that are options of ours: one of more than 2³¹ − 1 ms
    /// is as long as asked, where Node's rule would make it 1 ms.
    @discardableResult
    package func wait(_ delay: Duration, repeats: Bool = false, _ callback: @escaping () throws -> Void) -> Timeout {
        Timeout(delay, repeats: repeats, callback, in: timers)
    }

    /// Runs `body` on the loop, from any thread: a callback of its own, in the poll phase.
    ///
    /// It does not keep the loop alive. What comes in when no loop runs waits for the next one. See `uv_async_send`.
    public nonisolated static func execute(_ body: @escaping @Sendable @LoopActor () throws -> Void) {
        LoopDoor.deliver(.callback(body))
    }

    func enqueue(_ job: UnownedJob) { append(.job(job)) }

    func append(_ microtask: Microtask) {
        state.microtasks.append(microtask)
        requestCheckOutsideScopes()
    }
}
