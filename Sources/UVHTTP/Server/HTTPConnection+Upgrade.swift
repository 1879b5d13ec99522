import UVCore

/// The end of HTTP on a connection: what follows is another protocol's, or a tunnel's.
///
/// ```
/// shouldUpgrade, CONNECT ─► upgrading ─┐ all answers before it are sent
/// switchProtocols        ─► switching ─┴─► handedOver
/// ```
extension HTTPConnection {
    /// Makes another protocol the answer to the request that was read last. False when the peer has gone on with HTTP, or
    /// is gone.
    func begin(_ change: ProtocolSwitch) -> Bool {
        guard state.owed.last === change.exchange, state.isBeforeRequest || state.isDiscarding, !state.isEnding,
            !socket.isDestroyed
        else { return false }
        state.phase = .switching(change)
        state.owed.removeLast()
        // Where the handler answers later, nothing else would go on.
        wait()
        goOn()
        return true
    }

    /// All that was owed is sent: the socket gets another owner.
    func leave(head: RawSpan) {
        // The new owner may destroy it at once: what was answered before is sent all the same.
        if socket.writableLength > 0 { socket.uncork() }
        switch state.phase {
        case .upgrading(let exchange): handOver(exchange, head)
        case .switching(let change): complete(change, head)
        case .between, .head, .body, .discarding, .handedOver: break
        }
    }

    private func complete(_ change: ProtocolSwitch, _ head: RawSpan) {
        let exchange = change.exchange
        socket.write(exchange.switchingHead)
        handOver(exchange, head, for: "switchProtocols", to: change.take)
        exchange.becomeCurrent()
        server.state.tally?.count(exchange, status: 101, at: loop.now)
        exchange.wasSent()
        exchange.wasAnswered()
        exchange.tellResponseClosed()
        exchange.tellFinished()
    }

    /// A tunnel that the program does not open is the end.
    private func handOver(_ exchange: HTTPExchange, _ head: RawSpan) {
        let isTunnel = exchange.method == .connect
        guard let callback = isTunnel ? server.onConnect : server.onUpgrade else {
            return server.onClientError == nil ? endUnanswered() : fail(.noTunnel)
        }
        handOver(exchange, head, for: isTunnel ? "onConnect" : "onUpgrade") { socket, head in
            try callback(exchange.request, socket, head)
        }
    }

    /// Hands the socket to `take`; if that throws, the connection is ended.
    private func handOver(
        _ exchange: HTTPExchange, _ head: RawSpan, for name: String, to take: (Socket, [UInt8]) throws -> Void
    ) {
        state.phase = .handedOver
        exchange.setExtra { $0.isUpgrade = true }
        server.remove(self)
        socket.relinquish()
        let bytes = [UInt8](copying: head)
        if !loop.contain(name, { try take(socket, bytes) }) { socket.destroy() }
    }

    /// Ends the connection without a word; what was answered before is still read.
    private func endUnanswered() {
        if socket.writableLength == 0 { socket.destroy() } else { close() }
    }
}
