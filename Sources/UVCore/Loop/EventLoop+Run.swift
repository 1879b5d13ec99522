import CLibUV

extension EventLoop {
    /// Runs a program: calls `main`, then turns the loop until nothing is left that could call back.
    ///
    /// `main` is to the loop what the main script is to Node: its ticks and microtasks run when it has returned. At
    /// the end every handle is closed. May be called on any thread; a second loop at the same time is a programming
    /// error and traps.
    ///
    /// The thread is the loop's until it returns. On the main thread this means that what is the main actor's waits:
    /// `Task { @MainActor in … }` and the main dispatch queue do not run before the loop has ended, and a task that awaits
    /// one waits as long. Use ``spawn(_:)``, whose tasks run on the loop; or, where a framework needs the main thread, run
    /// the loop on another. A loop that ends by itself warns of such a task as of each that has not ended
    /// (``onWarning``). While it runs nothing tells: Swift shows such a task to the main actor's executor alone.
    /// - Returns: ``exitCode``, the code given to ``exit(_:)``, or 1 after an error that was not handled.
    public nonisolated static func run(
        clock: LoopClock = .system, _ main: @LoopActor (EventLoop) throws -> Void
    ) -> Int32 {
        guard LoopThread.claim() else { programError("an event loop is running already; a process has one at a time") }
        defer { LoopThread.release() }
        // Looked at before anything is opened, which would get the number of one that is closed.
        _ = StandardDescriptors.closed
        FailedWrites.ignoreSignals()
        return LoopActor.assumeIsolated {
            let loop: EventLoop
            do {
                loop = try EventLoop(clock: clock)
            } catch {
                StandardStream.error.write("cannot start the event loop: \(error)\n")
                return 1
            }
            running = loop
            defer { running = nil }
            loop.handles.start()
            let allTasksEnded = LoopTasks.watch {
                loop.begin(main)
                loop.spin()
            }
            if !allTasksEnded { loop.enter { loop.warn(.unfinishedTask) } }
            loop.finish()
            observer?.didEnd(loop)
            loop.close()
            return loop.exitCode
        }
    }

    /// Runs a program as ``run(clock:_:)`` does and ends the process with its exit code. No task of the main actor ever
    /// runs then, see there.
    ///
    /// ```swift
    /// EventLoop.main { loop in
    ///     loop.setTimeout(.seconds(1)) { print("a second has passed") }
    /// }
    /// ```
    public nonisolated static func main(
        clock: LoopClock = .system, _ main: @LoopActor (EventLoop) throws -> Void
    ) -> Never {
        endProcess(run(clock: clock, main))
    }

    /// The main program. Unlike any other callback its queues are drained also when it throws, as in Node.
    private func begin(_ main: @LoopActor (EventLoop) throws -> Void) {
        Self.observer?.willBegin(self)
        countCallback(.main, in: .outside)
        scope { attempt { try main(self) } }
        callbackEnded()
    }

    /// `SpinEventLoop` of Node: turn until dry, ask `onBeforeExit`, and again if that has found more to do.
    private func spin() {
        monitor.didStart()
        defer { state.phase = .outside }
        repeat {
            turnUntilDry()
            receive()
            if !isAlive { enter(.beforeExit) { try onBeforeExit?(exitCode) } }
        } while isAlive && !isExiting
    }

    /// `uv_run` of libuv 1.46: timers once, before any poll, and then iterations.
    private func turnUntilDry() {
        guard isAlive else { return }
        state.phase = .timers
        takeTime()
        timers.runWhileDue(self)
        // libuv has asked before those timers whether anything is alive, and asks again only after an iteration. A loop
        // that is not alive by now would not even be entered, so something has to stand in.
        if !isAlive, !isExiting {
            retainPoll()
            turn()
            releasePoll()
        }
        while isAlive, !isExiting { turn() }
    }

    /// One iteration: poll, check, closing, timers.
    ///
    /// libuv 1.44 runs timers at the top of an iteration, 1.45 and later at its end, where Node 20 has them. Timeouts
    /// are ours, so they run here, after `uv_run`, with every version.
    private func turn() {
        state.counts.iterations &+= 1
        state.phase = .poll
        if state.isTraced { tracePoll() }
        let mayBlock = !acceptParked() && timers.beginPoll(of: self)
        uv_run(raw, mayBlock ? UV_RUN_ONCE : UV_RUN_NOWAIT)
        if state.isTraced { tracePollEnd() }
        // A poll that may block takes the loop's time behind it; of one that does not libuv 1.44 leaves it as it was.
        if !mayBlock { takeTime() }
        state.phase = .timers
        timers.runWhileDue(self)
    }

    /// Runs what other threads have handed over: tasks as microtasks, callbacks each in a scope of its own.
    func receive() {
        // From here on it is for the next loop.
        guard !isExiting else { return }
        for errand in LoopDoor.collect() {
            switch errand {
            case .job(let job): enter(.async) { enqueue(job) }
            case .callback(let body): enter(.async) { try body() }
            }
        }
    }
}

// MARK: - The end

extension EventLoop {
    /// Closes every handle, waits for their callbacks and for work on the pool, and gives the loop back.
    ///
    /// A job that ignores its cancellation for more than a second is left to its thread, and the loop's memory with it:
    /// freeing what a thread still writes to would be worse than keeping it until the process ends.
    private func close() {
        pool?.cancelAll()
        if standard.input != nil { TerminalMode.restore() }
        state.stage = .closed
        handles.close()
        for one in toldOfEnd.values { one.loopWillEnd() }
        toldOfEnd.removeAll()
        uv_walk(
            raw,
            { @Sendable handle, _ in
                guard let handle, uv_is_closing(handle) == 0 else { return }
                let wrapper = Handle.wrapper(of: handle)
                LoopActor.assumeIsolated { wrapper.loopWillEnd() }
            }, nil)
        let isDone = waitForCallbacks(atMost: 1_000)
        letGo()
        guard isDone else { return }
        let status = uv_loop_close(raw)
        precondition(status == 0, "the loop ended with open handles: \(openHandles().joined(separator: ", "))")
        readBuffer.deallocate()
        raw.deallocate()
    }

    /// Drops what the loop holds of the program, whose closures usually hold the loop.
    private func letGo() {
        (onBeforeExit, onExit, onUncaughtError, onWarning) = (nil, nil, nil, nil)
        timers.removeAll()
        immediates.removeAll()
        state.taskErrors.removeAll()
        state.ticks.removeAll()
        state.microtasks.removeAll()
        state.checkWork.removeAll()
        state.corked.removeAll()
        state.parkedServers.removeAll()
        pool = nil
        standard = StandardStreams()
    }

    /// Turns the loop until no handle is left, and sleeps at most so long in all: what the callbacks take does not count.
    /// Returns whether none is left.
    private func waitForCallbacks(atMost milliseconds: Int) -> Bool {
        for _ in 0..<milliseconds {
            uv_run(raw, UV_RUN_NOWAIT)
            if uv_loop_alive(raw) == 0 { return true }
            uv_sleep(1)
        }
        return false
    }

    private func openHandles() -> [String] {
        var names: [String] = []
        withUnsafeMutablePointer(to: &names) { names in
            uv_walk(
                raw,
                { @Sendable handle, names in
                    guard let handle, let name = uv_handle_type_name(uv_handle_get_type(handle)) else { return }
                    names?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
                }, names)
        }
        return names
    }
}
