import UVCore

extension WebSocket {
    /// Begins the close handshake: the peer is to answer and end the connection, or it is ended after
    /// ``WebSocketLimits/closeTimeout``. Silent when it is closing already. RFC 6455 section 7.1.2.
    ///
    /// - Parameters:
    ///   - code: One that may be sent, see ``CloseCode/isSendable``; 1000 goes out for any other.
    ///   - reason: At most 123 bytes of it are sent.
    public func close(_ code: CloseCode = .normal, reason: String = "") {
        sendClose(code.isSendable ? code : .normal, reason)
    }

    /// Ends the connection now, without a word.
    public func terminate() {
        beClosed()
        // HTTP answers of the same turn, and the one that has opened this, may not have left yet.
        socket.uncork()
        socket.destroy()
    }

    /// Calls `observer` behind ``onClose``, with the same.
    func afterClose(_ observer: @escaping (CloseCode, String) throws -> Void) {
        makeExtras().closeObservers.append(observer)
    }

    /// Sends the one close frame that this end sends.
    private func sendClose(_ code: CloseCode?, _ reason: String) {
        guard state.isOpen else { return }
        owner?.settle()
        state.stage = .closing(Deadline(after: limits.closeTimeout, on: loop) { [self] in terminate() })
        // A paused WebSocket would hear neither the peer's answer nor its end.
        resume()
        guard socket.isWritable else { return }
        socket.cork()
        state.outbox.handOverAll { frame in socket.write(frame) }
        let mask = role == .client ? try? Mask.random() : nil
        guard role == .server || mask != nil else { return terminate() }
        socket.write(FrameEncoder.encodeClose(code, reason: reason, mask: mask))
    }

    /// The peer closes, or answers our close. A server ends the connection then, a client waits for it. RFC 6455
    /// section 7.1.1.
    func didReceiveClose(_ code: CloseCode?, _ reason: String) {
        makeExtras().farewell = (code ?? .noStatusReceived, reason)
        sendClose(code, "")
        if role == .server { socket.end() }
    }

    /// The peer has broken a rule, or gone beyond a limit: nothing more of it can be understood.
    func fail(_ code: CloseCode, _ reason: String) {
        makeExtras().farewell = (code, reason)
        sendClose(code, reason)
        socket.end()
    }

    func didReceiveEnd() {
        // What it sent before comes first.
        guard state.inbox.isEmpty else { return state.inbox.hasEnd = true }
        // After the end nothing can answer a close frame.
        if extras?.farewell == nil { return terminate() }
        socket.end()
    }

    private func beClosed() {
        if case .closing(let deadline) = state.stage { deadline.cancel() }
        state.stage = .closed
    }

    func didClose() {
        beClosed()
        state.outbox.removeAll()
        state.assembler.giveUp()
        countUnfinished()
        state.assembler.deflate?.release()
        owner?.didClose()
        owner = nil
        let (code, reason) = extras?.farewell ?? (.abnormal, "")
        if let onClose { call { try onClose(code, reason) } }
        for observer in extras?.closeObservers ?? [] {
            loop.contain("a callback of a WebSocket") { try observer(code, reason) }
        }
        // The program's closures usually hold the WebSocket, which holds them.
        (onMessage, onDrain, onClose, extras) = (nil, nil, nil, nil)
    }
}
