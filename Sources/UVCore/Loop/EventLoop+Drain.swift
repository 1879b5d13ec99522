import DequeModule

/// A callback of ``EventLoop/nextTick(_:)``.
///
/// A struct of its own, since a closure that lies in a collection as it is gets wrapped in another one on its way in, and
/// again on its way out.
struct Tick {
    let callback: () throws -> Void
}

/// A microtask: a callback of ``EventLoop/queueMicrotask(_:)``, or the next part of a Swift task.
enum Microtask {
    case callback(() throws -> Void)
    /// What ``EventLoop/nextTurn()`` waits for.
    case continuation(UnsafeContinuation<Void, Never>)
    case job(UnownedJob)
}

/// How callbacks are entered and left. Each phase calls the program only through `enter`, so the rule holds
/// everywhere: after the callback all ticks, then all microtasks, again until both queues are empty.
extension EventLoop {
    /// Runs one callback of the program and then its queues.
    ///
    /// After a throw the queues wait for the next callback that ends well, as in Node's `InternalCallbackScope`.
    package func enter(_ body: () throws -> Void) {
        guard !isExiting else { return }
        if depth == 0 { counts.callbacks.count(phase) }
        depth += 1
        // Still counted while the queues drain: what a tick enters leaves them to this call.
        defer { depth -= 1 }
        let ended = attempt(body)
        guard depth == 1 else { return }
        if ended { settle() } else { flushCorked() }
    }

    /// Runs a part of a callback and reports what it throws; true when it ended well.
    @discardableResult
    package func attempt(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            report(error)
            return false
        }
    }

    /// Drains the queues and writes what the callback has corked. False when a tick threw, or the program has ended:
    /// then no other callback may follow.
    @discardableResult
    func settle() -> Bool {
        repeat {
            guard drain() else {
                flushCorked()
                return false
            }
            flushCorked()
            // A failed write reports by a tick, which belongs to this callback.
        } while hasQueued
        return !isExiting
    }

    private var hasQueued: Bool { !isExiting && !(ticks.isEmpty && microtasks.isEmpty) }

    /// `processTicksAndRejections` of Node's `task_queues.js`: ticks queued by microtasks run after all microtasks.
    private func drain() -> Bool {
        if ticks.isEmpty { runMicrotasks() }
        while !ticks.isEmpty {
            while !isExiting, let tick = ticks.popFirst() {
                guard attempt(tick.callback) else { return false }
            }
            runMicrotasks()
            if isExiting { break }
        }
        return true
    }

    /// Runs microtasks until none is left. One that throws does not hold up the next.
    func runMicrotasks() {
        while !isExiting, let microtask = microtasks.popFirst() {
            run(microtask)
        }
    }

    private func run(_ microtask: Microtask) {
        switch microtask {
        case .callback(let callback):
            _ = attempt(callback)
        case .continuation(let continuation):
            continuation.resume()
        case .job(let job):
            job.runSynchronously(isolatedTo: LoopSerialExecutor.unowned, taskExecutor: LoopTaskExecutor.unowned)
        }
    }

    private func flushCorked() {
        // By index: a flush may cork another socket, which is then flushed in the same round.
        var next = 0
        while next < corked.count {
            corked[next].flush()
            next += 1
        }
        if next > 0 { corked.removeAll(keepingCapacity: true) }
    }
}
