import DequeModule

/// A callback of ``EventLoop/nextTick(_:)``.
///
/// A struct of its own, since a closure that lies in a collection as it is gets wrapped in another one on its way in, and
/// again on its way out.
struct Tick {
    let callback: () throws -> Void

    /// What lies in a place that is free: it does nothing, and holds nothing.
    static var none: Tick { Tick {} }
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
/// | what calls | for | behind it | an error |
/// |---|---|---|---|
/// | `enter` | each callback of libuv: counts it | the queues | is reported |
/// | `scope` | several callbacks, as of the timers: they call `settle` between two | the queues | is reported |
/// | `attempt` | a part of a callback | nothing | is reported |
/// | `endPart` | the end of a part that is a callback of its own in Node | the queues | is reported |
/// | `contain` | a callback that concerns one client | nothing | ends that client, and not the program |
extension EventLoop {
    /// Runs one callback of the program and then its queues.
    ///
    /// Inlined, so that no closure is made of what is called.
    @inline(__always)
    package func enter(_ kind: LoopCallback = .other, _ body: () throws -> Void) {
        if state.depth == 0 { countCallback(kind, in: state.phase) }
        scope(body)
        if state.depth == 0 { callbackEnded() }
    }

    /// The one way into the program, Node's `InternalCallbackScope`: runs `body` and then, if it is the outermost, the
    /// queues. It reports what either throws.
    ///
    /// After a throw the queues wait for the next scope that ends well.
    @inline(__always)
    func scope(_ body: () throws -> Void) {
        guard !isExiting else { return }
        deeper {
            do {
                try body()
                if state.depth == 1 { try settle() }
            } catch {
                report(error)
                if state.depth == 1 { flushCorked() }
            }
        }
    }

    /// Ends a part of the running callback that is a callback of its own in Node: the queues drain, unless they do already.
    /// False when the program has ended.
    package func endPart() -> Bool {
        if state.depth == 1 { attempt { try settle() } }
        return !isExiting
    }

    /// Runs a part of a callback and reports what it throws.
    package func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            report(error)
        }
    }

    /// Drains the queues and writes what the callback has corked.
    ///
    /// - Throws: What a tick has thrown. The rest of the queues waits.
    @inline(never)
    func settle() throws {
        guard hasQueued || !state.corked.isEmpty else { return }
        try deeper {
            repeat {
                defer { flushCorked() }
                try drain()
                // A failed write reports by a tick, which belongs to this callback.
            } while hasQueued
        }
    }

    /// Whatever is entered inside `body` leaves the queues to the scope that is on.
    @inline(__always)
    private func deeper(_ body: () throws -> Void) rethrows {
        state.depth += 1
        defer { state.depth -= 1 }
        try body()
    }

    var hasQueued: Bool {
        !(state.ticks.isEmpty && state.microtasks.isEmpty && state.taskErrors.isEmpty) && !isExiting
    }

    /// `processTicksAndRejections` of Node's `task_queues.js`: ticks queued by microtasks run after all microtasks, and
    /// errors of tasks are reported when nothing else is queued.
    private func drain() throws {
        if state.ticks.isEmpty { runMicrotasks() }
        if state.ticks.isEmpty, state.taskErrors.isEmpty { return }
        repeat {
            // Called where it is taken out: a name for it would cost a retain.
            while !isExiting, !state.ticks.isEmpty {
                state.counts.ticks &+= 1
                try state.ticks.removeFirst().callback()
            }
            runMicrotasks()
        } while !isExiting && (!state.ticks.isEmpty || !state.taskErrors.isEmpty && reportTaskErrors())
    }

    /// `processPromiseRejections` of Node's `promises.js`: reports what tasks have thrown; false if none has.
    func reportTaskErrors() -> Bool {
        guard !state.taskErrors.isEmpty else { return false }
        let errors = state.taskErrors
        state.taskErrors.removeAll()
        for error in errors { report(error) }
        return true
    }

    /// Runs microtasks until none is left. One that throws does not hold up the next.
    func runMicrotasks() {
        while !isExiting, !state.microtasks.isEmpty {
            state.counts.microtasks &+= 1
            run(state.microtasks.removeFirst())
        }
    }

    private func run(_ microtask: Microtask) {
        switch microtask {
        case .callback(let callback):
            attempt(callback)
        case .continuation(let continuation):
            resume(continuation)
        case .job(let job):
            job.runSynchronously(isolatedTo: LoopSerialExecutor.unowned, taskExecutor: LoopTaskExecutor.unowned)
        }
    }

    /// Resumes a task within this microtask. The runtime queues the task's next part, which would be one turn more.
    private func resume(_ continuation: UnsafeContinuation<Void, Never>) {
        let waiting = state.microtasks.count
        continuation.resume()
        if state.microtasks.count > waiting, let resumed = state.microtasks.popLast() { run(resumed) }
    }

    private func flushCorked() {
        // A flush may cork another socket, which is then flushed in the same round.
        while let socket = state.corked.popFirst() { socket.flush() }
    }
}
