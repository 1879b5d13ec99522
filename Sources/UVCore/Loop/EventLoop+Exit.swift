import CLibUV

/// How a program ends: by itself, by `exit`, or by an error that nothing has handled.
extension EventLoop {
    /// Ends the program: calls ``onExit``, and then no callback any more. The caller's own code runs on to its end.
    ///
    /// Inside ``onExit`` it changes the code, and drops the microtasks that were queued there. Of several calls the first
    /// counts.
    public func exit(_ code: Int32? = nil) {
        guard !state.stage.isOver else { return }
        if let code { exitCode = code }
        if state.stage == .running { callOnExit() }
        state.stage = .over
        uv_stop(raw)
    }

    /// The natural end. Ticks are refused from here on; microtasks are not, unless `onExit` throws or calls `exit`.
    func finish() {
        guard state.stage == .running else { return }
        callOnExit()
        guard state.stage == .callingOnExit else { return }
        state.stage = .lastMicrotasks
        state.ticks.removeAll()
        repeat { runMicrotasks() } while !isExiting && reportTaskErrors()
        state.stage = .over
    }

    private func callOnExit() {
        state.stage = .callingOnExit
        do {
            try onExit?(exitCode)
        } catch {
            switch handle(error) {
            case .handled: break
            case .unhandled: if exitCode == 0 { exitCode = 1 }
            case .handlerFailed: exitCode = Self.failedHandler
            }
            state.stage = .over
        }
    }
}

// MARK: - Errors

extension EventLoop {
    /// Node's code for an `uncaughtException` handler that has thrown.
    private static let failedHandler: Int32 = 7

    private enum Verdict {
        case handled
        /// There is no handler.
        case unhandled
        /// The handler has thrown itself.
        case handlerFailed
    }

    /// Hands an error to `onUncaughtError`, or ends the program. Not inlined: it is rare, and would swell each caller.
    @inline(never)
    func report(_ error: any Error) {
        guard !isExiting else { return }
        switch handle(error) {
        case .handled:
            // Node does the same: the loop makes a turn, so that the ticks of the failed callback are run.
            if !isExiting { setImmediate {} }
        case .unhandled:
            // An exit handler that has run may have set a code already.
            exit(state.stage == .lastMicrotasks && exitCode != 0 ? nil : 1)
        case .handlerFailed:
            // As in Node, the handlers of the end are not trusted any more.
            onExit = nil
            exit(Self.failedHandler)
        }
    }

    private func handle(_ error: any Error) -> Verdict {
        guard let onUncaughtError else {
            StandardStream.error.write("Uncaught error: \(error)\n")
            return .unhandled
        }
        do {
            try onUncaughtError(error)
            return .handled
        } catch {
            StandardStream.error.write("Uncaught error in onUncaughtError: \(error)\n")
            return .handlerFailed
        }
    }
}
