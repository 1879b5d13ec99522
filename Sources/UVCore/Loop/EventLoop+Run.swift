import CLibUV

extension EventLoop {
    /// Runs a program: calls `main`, then turns the loop until nothing is left that could call back.
    ///
    /// `main` is to the loop what the main script is to Node: its ticks and microtasks run when it has returned. At
    /// the end every handle is closed. May be called on any thread; a second loop at the same time is a programming
    /// error and traps.
    /// - Returns: ``exitCode``, the code given to ``exit(_:)``, or 1 after an error that nobody handled.
    public nonisolated static func run(
        clock: LoopClock = .system, _ main: @LoopActor (EventLoop) throws -> Void
    ) -> Int32 {
        precondition(LoopThread.claim(), "an event loop is running already; a process has one at a time")
        defer { LoopThread.release() }
        StandardDescriptors.areOpen
        BrokenPipes.areErrors
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
            loop.enter { try main(loop) }
            loop.spin()
            loop.finish()
            loop.close()
            return loop.exitCode
        }
    }

    /// Ends the program: calls ``onExit``, and then no callback any more. The caller's own code runs on to its end.
    ///
    /// Inside ``onExit`` it changes the code; otherwise the first call counts.
    public func exit(_ code: Int32? = nil) {
        if isInOnExit, let code { exitCode = code }
        guard !isExiting else { return }
        if let code { exitCode = code }
        isExiting = true
        callOnExit()
        uv_stop(raw)
    }

    /// `SpinEventLoop` of Node: turn until dry, ask `onBeforeExit`, and again if that has found more to do.
    private func spin() {
        monitor.didStart()
        defer { phase = .outside }
        repeat {
            turnUntilDry()
            receive()
            if !isAlive { enter { try onBeforeExit?(exitCode) } }
        } while isAlive && !isExiting
    }

    /// `uv_run` of libuv 1.46: timers once, before any poll, and then iterations.
    private func turnUntilDry() {
        guard isAlive else { return }
        phase = .timers
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
        iteration &+= 1
        phase = .poll
        let hasAccepted = acceptParked()
        uv_run(raw, !hasAccepted && timers.mayBlock(loop: self) ? UV_RUN_ONCE : UV_RUN_NOWAIT)
        phase = .timers
        timers.runWhileDue(self)
    }

    /// The natural end. Ticks are refused from here on; microtasks are not, unless `onExit` throws.
    private func finish() {
        guard !isExiting else { return }
        isExiting = true
        guard callOnExit() else { return }
        isExiting = false
        ticks.removeAll()
        runMicrotasks()
        isExiting = true
    }

    /// Calls `onExit`; false when it threw.
    @discardableResult
    private func callOnExit() -> Bool {
        let callback = onExit
        // For its one call: what it queues may end the program again.
        onExit = nil
        isInOnExit = true
        defer { isInOnExit = false }
        do {
            try callback?(exitCode)
            return true
        } catch {
            let code = handle(error)
            if let code, exitCode == 0 { exitCode = code }
            return false
        }
    }

    /// Hands an error to `onUncaughtError`, or ends the program. Rare, so it shall not swell what may throw.
    @inline(never)
    func report(_ error: any Error) {
        guard !isExiting else { return }
        if let code = handle(error) { return exit(code) }
        // Node does the same: the loop makes a turn, so that the ticks of the failed callback are run.
        if !isExiting { setImmediate {} }
    }

    /// Calls `onUncaughtError`; when it cannot, or throws itself, the code that the program ends with.
    private func handle(_ error: any Error) -> Int32? {
        guard let onUncaughtError else {
            StandardStream.error.write("Uncaught error: \(error)\n")
            return 1
        }
        do {
            try onUncaughtError(error)
            return nil
        } catch {
            StandardStream.error.write("Uncaught error in onUncaughtError: \(error)\n")
            return 7
        }
    }

    /// Runs what other threads have handed over: tasks as microtasks, callbacks each in a scope of its own.
    func receive() {
        // From here on it is for the next loop.
        guard !isExiting else { return }
        for errand in LoopDoor.collect() {
            switch errand {
            case .job(let job): enter { enqueue(job) }
            case .callback(let body): enter { try body() }
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
        handles.close()
        uv_walk(
            raw,
            { @Sendable handle, _ in
                guard let handle, uv_is_closing(handle) == 0 else { return }
                let wrapper = Handle.wrapper(of: handle)
                LoopActor.assumeIsolated { wrapper.loopWillEnd() }
            }, nil)
        let isDone = waitForCallbacks(atMost: .seconds(1))
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
        ticks.removeAll()
        microtasks.removeAll()
        checkWork.removeAll()
        corked.removeAll()
        parkedServers.removeAll()
        pool = nil
    }

    private func waitForCallbacks(atMost limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while uv_loop_alive(raw) != 0 {
            uv_run(raw, UV_RUN_NOWAIT)
            if ContinuousClock.now > deadline { return false }
            if uv_loop_alive(raw) != 0 { uv_sleep(1) }
        }
        return true
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
