import UVCore

/// Input that has to wait: for an answer to be taken, for a body's reader, for the connection's next turn, for the end.
extension HTTPConnection {
    /// Stop reading requests when the peer does not take, or handlers do not give, the answers.
    var isBacklogged: Bool {
        guard !responses.isEmpty else { return socket.writableLength >= socket.highWaterMark }
        let waiting = responses.reduce(socket.writableLength) { $0 + $1.hot.waiting.count }
        return responses.count >= server.limits.pipelinedRequests || waiting >= socket.highWaterMark
    }

    /// Holds the peer up until `goOn` or `takeTurn`.
    func wait(_ reason: Input = .waiting) {
        input = reason
        times.holdUp(at: loop.now)
        socket.pause()
    }

    /// Reads on, in a tick, after something has changed that input may have been waiting for.
    func goOn() {
        guard input == .waiting else { return }
        input = .deferred
        loop.nextTick { [self] in takeTurn() }
    }

    /// The connection's next turn has come.
    func takeTurn() {
        guard input == .deferred else { return }
        input = .flowing
        if !isHandedOver { readOn() }
    }

    private func readOn() {
        guard !socket.isDestroyed, input == .flowing else { return }
        socket.cork()
        times.letGoOn(at: loop.now)
        processCarry()
        guard input == .flowing, !isHandedOver else { return }
        // A callback of its own: what was read just now is answered first, if its handler answers at once.
        if peerEnd == .waiting { loop.setImmediate { [self] in useEnd() } }
        if peerEnd == .used { didUseAll() }
        if !closeIfOver() { socket.resume() }
    }

    private func useEnd() {
        guard peerEnd == .waiting, input == .flowing, !isHandedOver, !socket.isDestroyed else { return }
        didUseAll()
        closeIfOver()
    }

    var isHandedOver: Bool {
        if case .handedOver = phase { return true }
        return false
    }

    func didDrain() {
        responses.first { !$0.isEnded }?.didDrain()
        if sending == .whenDrained { firstWasSent() }
        goOn()
    }

    /// The peer will send nothing more, and may be gone altogether.
    func didReceiveEnd() {
        peerEnd = .waiting
        tellClientEnd()
        // What has arrived before counts first. But a body may wait for its reader for ever: meanwhile a client that
        // may not end its side counts as gone.
        let isGone = requestInBody != nil && !server.allowsHalfOpen
        if input == .deferred || input == .waiting && !isGone { return }
        didUseAll()
    }

    /// All that the peer has sent before it ended was used.
    func didUseAll() {
        peerEnd = .used
        switch phase {
        case .body where isBodyWhole:
            close()
        case .head where parser.hasBegun, .body:
            let error = HTTPClientError(.unexpectedEnd)
            if server.allowsHalfOpen { fail(error, .aborted) } else { failAtEnd(error) }
        case .head, .upgrading, .switching, .discarding:
            if responses.isEmpty || !server.allowsHalfOpen { close() }
        case .handedOver:
            break
        }
    }

    /// Whether the body that waits for its reader has arrived whole.
    ///
    /// - Complexity: O(bytes that wait).
    private var isBodyWhole: Bool {
        let waiting = carry
        return endsBody(waiting.span.bytes.extracting(droppingFirst: carryStart))
    }

    /// Whether the body ends in `bytes`, as a copy of its decoder finds.
    private func endsBody(_ bytes: RawSpan) -> Bool {
        guard var decoder else { return false }
        var offset = 0
        while let step = try? decoder.step(bytes, from: offset) {
            switch step {
            case .needMoreBytes: return false
            case .data(let range): offset = range.upperBound
            case .end: return true
            }
        }
        return false
    }
}
