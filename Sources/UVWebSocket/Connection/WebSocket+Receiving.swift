import UVCore

// MARK: - Pausing

extension WebSocket {
    /// Stops reading; the peer is held up by TCP. No further message is delivered until ``resume()``: the next one that
    /// was read already is kept, with what stands behind it, and that is the rest of one read at most.
    public func pause() {
        guard readyState == .open else { return }
        inbox.isPaused = true
        socket.pause()
    }

    /// Delivers what was kept, in a tick, and reads on.
    public func resume() {
        guard inbox.isPaused else { return }
        inbox.isPaused = false
        // Before `start` nothing is read, and its callbacks are not there yet.
        guard socket.onBytes != nil else { return }
        if inbox.isEmpty { socket.resume() } else { loop.nextTick { [self] in readOn() } }
    }

    /// Delivers what was kept, and when all of that is taken reads on.
    func readOn() {
        guard !inbox.isPaused, readyState != .closed else { return }
        if let message = inbox.takeMessage() { deliver(message) }
        // Should that have paused again, the rest ends at its next message.
        if var rest = inbox.takeRest() {
            rest.offset = deliver(rest.bytes.span.bytes, from: rest.offset)
            inbox.keep(rest)
        }
        guard inbox.isEmpty else { return }
        if inbox.hasEnd { return didReceiveEnd() }
        if !inbox.isPaused { socket.resume() }
    }
}

// MARK: - Receiving

extension WebSocket {
    func receive(_ bytes: RawSpan) {
        lastReceived = loop.now
        let offset = deliver(bytes, from: 0)
        if offset < bytes.byteCount {
            inbox.keep(Inbox.Rest(bytes: [UInt8](copying: bytes.extracting(offset..<bytes.byteCount))))
        }
    }

    /// Handles what `bytes` hold from `start` on, up to the first message that comes while the program has paused: that
    /// one is kept. Returns where it ended. Control frames before it are heard, so that a close is.
    private func deliver(_ bytes: RawSpan, from start: Int) -> Int {
        socket.cork()
        var offset = start
        do throws(FrameError) {
            // What comes behind a `terminate` in a callback is not heard any more.
            while readyState != .closed, let event = try assembler.nextEvent(in: bytes, at: &offset) {
                if inbox.isPaused, case .message(let opcode, let payload) = event {
                    inbox.message = WebSocketMessage(opcode, payload)
                    return offset
                }
                handle(event)
            }
        } catch {
            fail(error.closeCode, error.message)
        }
        return bytes.byteCount
    }

    private func handle(_ event: MessageAssembler.Event) {
        switch event {
        case .message(let opcode, let payload):
            deliver(WebSocketMessage(opcode, payload))
        case .ping(let payload):
            answer(ping: payload)
            if let onPing { call { try onPing(payload) } }
        case .pong(let payload):
            if let onPong { call { try onPong(payload) } }
        case .close(let code, let reason):
            didReceiveClose(code, reason)
        }
    }

    private func deliver(_ message: WebSocketMessage) {
        guard readyState == .open, let onMessage else { return }
        call { try onMessage(message) }
    }

    private func answer(ping payload: [UInt8]) {
        guard readyState == .open else { return }
        if bufferedAmount >= socket.highWaterMark {
            unansweredPing = payload
            socket.needsDrain = true
        } else {
            unansweredPing = nil
            write(.pong, payload)
        }
    }
}

extension WebSocketMessage {
    fileprivate init(_ opcode: Opcode, _ payload: [UInt8]) {
        self.init(kind: opcode == .text ? .text : .binary, bytes: payload)
    }
}
