extension EventLoop {
    /// Sees to it that the next check phase is run. Most turns of a server have none: one that finds nothing to do is the
    /// last, until this is called again.
    @inline(__always)
    func requestCheck() {
        if !state.hasCheck { beginChecks() }
    }

    /// What is queued or corked while no callback runs has its turn in the check phase, if not before.
    @inline(__always)
    func requestCheckOutsideScopes() {
        if state.depth == 0 { requestCheck() }
    }

    private func beginChecks() {
        state.hasCheck = true
        handles.setCheck(true)
    }

    private func endChecks() {
        state.hasCheck = false
        handles.setCheck(false)
    }

    /// The check phase: what is collected for sending, then the immediates.
    func runCheck() {
        defer { state.phase = .closing }
        if !hasQueued, state.corked.isEmpty, state.checkWork.isEmpty, immediates.isEmpty { return endChecks() }
        // Empty on purpose: a scope drains the ticks that a callback left behind by throwing.
        scope {}
        if state.isTraced { tracePollEnd() }
        state.phase = .check
        runCheckWork()
        guard !immediates.isEmpty else { return }
        // `CheckImmediate` of Node: the next immediate runs before the ticks of the one that threw, and if that was the
        // batch's last, the immediates queued meanwhile do.
        repeat { scope(runImmediates) } while immediates.isInBatch && !isExiting
        callbackEnded()
    }

    /// `processImmediate` of Node's `timers.js`.
    private func runImmediates() throws {
        immediates.beginBatch()
        var isFirst = true
        while immediates.hasNext() {
            if !isFirst { try settle() }
            isFirst = false
            if isExiting { return }
            guard let callback = immediates.takeNext() else { continue }
            countCallback(.immediate, in: .check)
            try callback()
        }
        immediates.endBatch()
    }

    /// Calls `work` once, at the start of the next check phase, before the immediates.
    package func atCheck(_ work: @escaping () -> Void) {
        state.checkWork.append(Tick(callback: work))
        requestCheck()
        retainPoll()
    }

    private func runCheckWork() {
        guard !state.checkWork.isEmpty else { return }
        let work = state.checkWork
        state.checkWork.removeAll(keepingCapacity: true)
        for item in work {
            releasePoll()
            enter(.deferred, item.callback)
        }
    }
}
