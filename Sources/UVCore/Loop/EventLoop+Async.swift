/// The layer for `async` code: tasks that stay on the loop's thread, and what they wait for.
extension EventLoop {
    /// Runs `operation` as a task on the loop's thread. It starts in a microtask, and each `await` continues in one, as
    /// a Promise's reactions do.
    ///
    /// A task that waits does not keep the loop alive; what it waits for does, if it is a timeout or I/O. An error that
    /// `operation` throws is an uncaught error.
    @discardableResult
    public func spawn(_ operation: @escaping @LoopActor () async throws -> Void) -> Task<Void, Never> {
        let task: @LoopActor () async -> Void = { [self] in
            do {
                try await operation()
            } catch {
                // In a microtask of its own, so that the report is a callback like any other.
                queueMicrotask { throw error }
            }
        }
        return Task(executorPreference: LoopTaskExecutor.shared, operation: task)
    }

    /// Waits for the next turn of the microtask queue, as `await null` does in Node.
    ///
    /// `Task.yield` would leave the loop's thread.
    public func nextTurn() async {
        await withUnsafeContinuation { continuation in
            if !hasEnded { microtasks.append(.continuation(continuation)) }
        }
    }

    /// Waits for the next check phase, as `setImmediate` of Node's `timers/promises` does.
    public func nextCheck() async {
        await withUnsafeContinuation { continuation in
            setImmediate { continuation.resume() }
        }
    }

    /// Waits until `delay` has passed, on a timeout of the loop.
    ///
    /// `Task.sleep` would leave the loop's thread, and know nothing of an injected clock.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(_ delay: Duration) async throws {
        let sleeper = Sleeper()
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                sleeper.begin(delay, on: self, continuation)
            }
        } onCancel: {
            LoopDoor.perform { sleeper.cancel() }
        }
    }
}

extension EventLoop {
    /// A sequence with an element each time that `delay` has passed, as `setInterval` of Node's `timers/promises`.
    ///
    /// ```swift
    /// for await _ in loop.interval(.seconds(1)) { print("a second has passed") }
    /// ```
    ///
    /// What falls due while nobody waits is kept. Leaving the `for` loop, dropping the sequence, or cancelling the task
    /// that waits ends the interval.
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
    private var continuation: UnsafeContinuation<Void, any Error>?
    private var isCancelled = false

    func begin(_ delay: Duration, on loop: EventLoop, _ continuation: UnsafeContinuation<Void, any Error>) {
        if isCancelled || Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
        self.continuation = continuation
        timeout = loop.setTimeout(delay) { [self] in
            // A timeout keeps its callback for `refresh`, and this one holds the timeout.
            self.timeout = nil
            self.continuation?.resume()
            self.continuation = nil
        }
    }

    func cancel() {
        isCancelled = true
        timeout?.cancel()
        continuation?.resume(throwing: CancellationError())
        continuation = nil
    }
}
