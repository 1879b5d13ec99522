import UVCore

// MARK: - Pausing

extension WebSocket {
    /// Stops reading; the peer is held up by TCP. No further message is delivered until ``resume()``: the next one that
    /// was read already is kept, with what stands behind it, and that is the rest of one read at most.
    public func pause() {
        guard state.isOpen else { return }
        state.inbox.isPaused = true
        socket.pause()
    }

    /// Delivers what was kept, in a tick, and reads on.
    public func resume() {
        guard state.inbox.isPaused else { return }
        state.inbox.isPaused = false
        // Before `start` nothing is read, and its callbacks are not there yet.
        guard socket.onBytes != nil else { return }
        if state.inbox.isEmpty { socket.resume() } else { loop.nextTick { [self] in readOn() } }
    }

    /// Delivers what was kept, and when all of that is taken reads on.
    func readOn() {
        guard !state.inbox.isPaused, !state.isClosed else { return }
        if let message = state.inbox.takeMessage() { deliver(message) }
        // Should that have paused again, the rest ends at its next message.
        if var rest = state.inbox.takeRest() {
            rest.offset = deliver(rest.bytes.span.bytes, from: rest.offset)
            state.inbox.keep(rest)
        }
        guard state.inbox.isEmpty else { return }
        if state.inbox.hasEnd { return didReceiveEnd() }
        if !state.inbox.isPaused { socket.resume() }
    }
}

// MARK: - Turns

extension WebSocket {
    /// Hears no more in this turn of the loop. The peer is held up by TCP meanwhile.
    private func waitForTurn() {
        guard !state.inbox.isWaiting else { return }
        state.inbox.isWaiting = true
        socket.pause()
        ReadingTurns.current.add(self)
    }

    /// Goes on in a turn that has begun.
    func takeTurn() {
        state.inbox.isWaiting = false
        readOn()
    }
}

// MARK: - Receiving

extension WebSocket {
    func receive(_ bytes: RawSpan) {
        state.lastReceived = loop.now
        let offset = deliver(bytes, from: 0)
        if offset < bytes.byteCount {
            state.inbox.keep(Inbox.Rest(bytes: [UInt8](copying: bytes.extracting(offset..<bytes.byteCount))))
        }
    }

    /// Handles what `bytes` hold from `start` on, up to what is too much for this turn, or up to the first message that
    /// comes while the program has paused: that one is kept. Returns where it ended. Control frames before it are heard, so
    /// that a close is.
    private func deliver(_ bytes: RawSpan, from start: Int) -> Int {
        socket.cork()
        defer { countUnfinished() }
        var offset = start
        do throws(FrameError) {
            // What comes behind a `terminate` in a callback is not heard any more.
            while !state.isClosed, offset < bytes.byteCount {
                guard state.budget.allowsFrame(on: loop, shared) else {
                    waitForTurn()
                    return offset
                }
                guard let event = try state.assembler.nextEvent(in: bytes, at: &offset) else { break }
                if state.inbox.isPaused, case .message(let opcode, let payload) = event {
                    state.inbox.message = WebSocketMessage(opcode, payload)
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
        case .inflating: break
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
        guard state.isOpen, let onMessage = state.onMessage else { return }
        call { try onMessage(message) }
    }

    private func answer(ping payload: [UInt8]) {
        guard state.isOpen else { return }
        if bufferedAmount >= socket.highWaterMark {
            makeExtras().unansweredPing = payload
            socket.needsDrain = true
        } else {
            extras?.unansweredPing = nil
            write(.pong, payload.span.bytes)
        }
    }
}
