/// The layer for `async` code: tasks that stay on the loop's thread, and what they wait for.
extension EventLoop {
    /// Runs `operation` as a task on the loop's thread. It starts in a microtask, and each `await` continues in one, as
    /// a Promise's reactions do.
    ///
    /// A task that waits does not keep the loop alive; what it waits for does, if it is a timeout or I/O. A loop that ends
    /// while a task waits says so, see ``onWarning``: what is not the loop's, as `Task.sleep`, may have been at work for it.
    ///
    /// An error that `operation` throws is an uncaught error. It is reported when all ticks and microtasks that were queued
    /// have run.
    @discardableResult
    public func spawn(_ operation: @escaping @LoopActor () async throws -> Void) -> Task<Void, Never> {
        let task: @LoopActor () async -> Void = { [self] in
            do {
                try await operation()
            } catch {
                // Reported when the queues are empty, as a promise that is rejected and that nothing has handled.
                if !hasEnded { state.taskErrors.append(error) }
            }
        }
        return Task(executorPreference: LoopTaskExecutor.shared, operation: task)
    }

    /// Waits for the next turn of the microtask queue, as `await null` does in Node.
    ///
    /// `Task.yield` would leave the loop's thread.
    public func nextTurn() async {
        await suspend { continuation in
            if !hasEnded { append(.continuation(continuation)) }
        }
    }

    /// Waits for the next check phase, as `setImmediate` of Node's `timers/promises` does.
    public func nextCheck() async {
        await suspend { continuation in
            setImmediate { continuation.resume() }
        }
    }

    /// Waits until `delay` has passed, on a timeout of the loop.
    ///
    /// `Task.sleep` would leave the loop's thread, not keep the loop alive, and know nothing of an injected clock. As in
    /// Node, the delay is what `setTimeout` makes of it: one of more than 2³¹ − 1 ms is 1 ms, with a warning.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(_ delay: Duration) async throws {
        let sleeper = Sleeper()
        try await withTaskCancellationHandler {
            try await suspend { continuation in
                sleeper.begin(delay, on: self, continuation)
            }.get()
        } onCancel: {
            LoopDoor.perform { sleeper.cancel() }
        }
    }
}

extension EventLoop {
    /// Waits until the continuation that `begin` gets is resumed on the loop's thread. The task goes on there, one turn of
    /// the microtask queue later, however it was made.
    ///
    /// Everything of ours that can be awaited waits here. A `Task { }` has no executor of its own, so the runtime would
    /// resume it on a thread of its pool first, and the loop could have ended by the time it is back: for such a task the
    /// wait itself gets the loop's executor.
    package func suspend<Value: Sendable>(_ begin: (UnsafeContinuation<Value, Never>) -> Void) async -> Value {
        if LoopTaskExecutor.isCurrent { return await withUnsafeContinuation(begin) }
        return await withTaskExecutorPreference(LoopTaskExecutor.shared) { await withUnsafeContinuation(begin) }
    }
}

extension EventLoop {
    /// A sequence with an element each time that `delay` has passed, as `setInterval` of Node's `timers/promises`.
    ///
    /// ```swift
    /// for await _ in loop.interval(.seconds(1)) { print("a second has passed") }
    /// ```
    ///
    /// An element that falls due while no task waits is kept. Leaving the `for` loop, dropping the sequence, or
    /// cancelling the task that waits ends the interval.
    public func interval(_ delay: Duration) -> AsyncStream<Void> {
        AsyncStream { continuation in
            let interval = setInterval(delay) { continuation.yield() }
            continuation.onTermination = { _ in LoopDoor.perform { interval.cancel() } }
        }
    }
}

/// One `sleep`: whichever comes first, the timeout or the cancellation, resumes the task.
@LoopActor
private final class Sleeper {
    private var timeout: Timeout?
    private var continuation: UnsafeContinuation<Result<Void, CancellationError>, Never>?
    private var isCancelled = false

    func begin(
        _ delay: Duration, on loop: EventLoop,
        _ continuation: UnsafeContinuation<Result<Void, CancellationError>, Never>
    ) {
        if isCancelled || Task.isCancelled { return continuation.resume(returning: .failure(CancellationError())) }
        self.continuation = continuation
        timeout = loop.setTimeout(delay) { [self] in
            // A timeout keeps its callback for `refresh`, and this one holds the timeout.
            self.timeout = nil
            self.continuation?.resume(returning: .success(()))
            self.continuation = nil
        }
    }

    func cancel() {
        isCancelled = true
        timeout?.cancel()
        continuation?.resume(returning: .failure(CancellationError()))
        continuation = nil
    }
}
