import UVCore

/// Input that has to wait: for an answer to be taken, for a body's reader, for the connection's next turn, for the end.
extension HTTPConnection {
    /// Stop reading requests when the peer does not take, or handlers do not give, the answers.
    @inline(__always)
    var isBacklogged: Bool {
        state.owed.count >= max(server.state.limits.pipelinedRequests, 1)
            || socket.writableLength + state.waitingLength >= socket.highWaterMark
    }

    /// Holds the peer up until `goOn` or `takeTurn`.
    func wait(_ reason: Input = .waiting) {
        state.input = reason
        state.times.holdUp(at: loop.now)
        socket.pause()
    }

    /// Reads on, in a tick, after something has changed that input may have been waiting for.
    func goOn() {
        guard state.input == .waiting else { return }
        state.input = .deferred
        loop.nextTick { [self] in takeTurn() }
    }

    /// The connection's next turn has come.
    func takeTurn() {
        guard state.input == .deferred else { return }
        state.input = .flowing
        if !state.isHandedOver { readOn() }
    }

    private func readOn() {
        guard !socket.isDestroyed, state.input == .flowing else { return }
        socket.cork()
        state.times.letGoOn(at: loop.now)
        processUnused()
        guard state.input == .flowing, !state.isHandedOver else { return }
        // A callback of its own: what was read just now is answered first, if its handler answers at once.
        if state.peerEnd == .waiting { loop.setImmediate { [self] in useEnd() } }
        if state.peerEnd == .used { didUseAll() }
        if !closeIfOver() { socket.resume() }
    }

    private func useEnd() {
        guard state.peerEnd == .waiting, state.input == .flowing, !state.isHandedOver, !socket.isDestroyed
        else { return }
        didUseAll()
        closeIfOver()
    }

    func didDrain() {
        firstOpenAnswer?.didDrain()
        if state.sending == .whenDrained { firstWasSent() }
        goOn()
    }

    /// The oldest answer of which something is still to come.
    private var firstOpenAnswer: HTTPExchange? {
        var exchange = state.owed.first
        while let ended = exchange, ended.answer.isEnded, !ended.answer.isWithheld { exchange = ended.state.next }
        return exchange
    }

    /// The peer will send nothing more, and may be gone altogether.
    func didReceiveEnd() {
        state.peerEnd = .waiting
        tellClientEnd()
        // What has arrived before counts first. But a body may wait for its reader for ever: meanwhile a client that
        // may not end its side counts as gone.
        let isGone = state.exchangeInBody != nil && !server.allowsHalfOpen
        if state.input == .deferred || state.input == .waiting && !isGone { return }
        didUseAll()
    }

    /// All that the peer has sent before it ended was used.
    private func didUseAll() {
        state.peerEnd = .used
        switch state.phase {
        case .body where state.isBodyWhole:
            close()
        case .head where !state.isBeforeRequest, .body:
            let error = HTTPClientError(.unexpectedEnd)
            if server.allowsHalfOpen { fail(error, .aborted) } else { failAtEnd(error) }
        case .between, .head, .upgrading, .switching, .discarding:
            if state.owed.isEmpty || !server.allowsHalfOpen { close() }
        case .handedOver:
            break
        }
    }
}
