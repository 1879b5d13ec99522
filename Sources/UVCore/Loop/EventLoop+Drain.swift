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

/// How callbacks are entered and left. The rule is one: after a callback all ticks, then all microtasks, again until both
/// queues are empty.
///
/// Most callbacks come alone, through `enter`. The timers, the immediates and the main program are one call of Node's
/// each, however many callbacks they make: they take the thread by `asOneCallback`, and `attempt` and `settle` in between.
extension EventLoop {
    /// Runs one callback of the program and then its queues.
    ///
    /// After a throw the queues wait for the next callback that ends well, as in Node's `InternalCallbackScope`.
    package func enter(_ body: () throws -> Void) {
        guard !isExiting else { return }
        if depth == 0 { counts.callbacks.count(phase) }
        asOneCallback {
            let ended = attempt(body)
            guard depth == 1 else { return }
            if ended { settle() } else { flushCorked() }
        }
    }

    /// Runs `body` as a callback on the stack: whatever it enters leaves the queues to it, also while they drain.
    @inline(__always)
    func asOneCallback(_ body: () -> Void) {
        depth += 1
        body()
        depth -= 1
    }

    /// Ends a part of the running callback that is a callback of its own in Node: the queues drain, unless they do already.
    /// False when the program has ended.
    package func endPart() -> Bool {
        if depth == 1 { settle() }
        return !isExiting
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
        depth += 1
        defer { depth -= 1 }
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

    /// `processTicksAndRejections` of Node's `task_queues.js`: ticks queued by microtasks run after all microtasks, and
    /// errors of tasks are reported when nothing else is queued.
    private func drain() -> Bool {
        if ticks.isEmpty { runMicrotasks() }
        if ticks.isEmpty, taskErrors.isEmpty { return true }
        repeat {
            while !isExiting, let tick = ticks.popFirst() {
                guard attempt(tick.callback) else { return false }
            }
            runMicrotasks()
        } while !isExiting && (!ticks.isEmpty || reportTaskErrors())
        return true
    }

    /// `processPromiseRejections` of Node's `promises.js`: reports what tasks have thrown; false if none has.
    func reportTaskErrors() -> Bool {
        guard !taskErrors.isEmpty else { return false }
        let errors = taskErrors
        taskErrors.removeAll()
        for error in errors { report(error) }
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
            resume(continuation)
        case .job(let job):
            job.runSynchronously(isolatedTo: LoopSerialExecutor.unowned, taskExecutor: LoopTaskExecutor.unowned)
        }
    }

    /// Resumes a task within this microtask. The runtime queues the task's next part, which would be one turn more.
    private func resume(_ continuation: UnsafeContinuation<Void, Never>) {
        let waiting = microtasks.count
        continuation.resume()
        if microtasks.count > waiting, let resumed = microtasks.popLast() { run(resumed) }
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
