import DequeModule
import UVCore

/// The end of HTTP on a connection: what follows is another protocol's, or a tunnel's.
///
/// ```
/// shouldUpgrade, CONNECT ─► upgrading ─┐ all answers before it are sent
/// switchProtocols        ─► switching ─┴─► handedOver
/// ```
extension HTTPConnection {
    /// A request whose answer is another protocol.
    struct ProtocolSwitch {
        let response: ServerResponse
        /// Gets the socket, and what has arrived behind the request.
        let take: (Socket, [UInt8]) throws -> Void
    }

    /// Makes another protocol the answer to the request that was read last. False when the peer has gone on with HTTP, or
    /// is gone.
    func begin(_ change: ProtocolSwitch) -> Bool {
        guard responses.last === change.response, !parser.hasBegun, !isEnding, !socket.isDestroyed else { return false }
        switch phase {
        case .head, .discarding: phase = .switching(change)
        case .body, .upgrading, .switching, .handedOver: return false
        }
        responses.removeLast()
        // Where the handler answers later, nothing else would go on.
        wait()
        goOn()
        return true
    }

    /// All that was owed is sent: the socket gets another owner.
    func leave(head: RawSpan) {
        switch phase {
        case .upgrading(let request): handOver(request, head)
        case .switching(let change): complete(change, head)
        case .head, .body, .discarding, .handedOver: break
        }
    }

    private func complete(_ change: ProtocolSwitch, _ head: RawSpan) {
        let response = change.response
        socket.write(response.switchingHead)
        handOver(response.request, head, for: "switchProtocols", to: change.take)
        response.becomeCurrent()
        response.wasSent()
        response.request?.wasAnswered()
        response.tellClosed()
        response.tellFinished()
    }

    /// A tunnel that the program does not open is the end.
    private func handOver(_ request: IncomingMessage, _ head: RawSpan) {
        let isTunnel = request.head.method == .connect
        guard let callback = isTunnel ? server.onConnect : server.onUpgrade else {
            return server.onClientError == nil ? endUnanswered() : fail(.noTunnel)
        }
        handOver(request, head, for: isTunnel ? "onConnect" : "onUpgrade") { socket, head in
            try callback(request, socket, head)
        }
    }

    /// Hands the socket to `take`; if that throws, the connection is ended.
    private func handOver(
        _ request: IncomingMessage?, _ head: RawSpan, for name: String, to take: (Socket, [UInt8]) throws -> Void
    ) {
        phase = .handedOver
        request?.isUpgrade = true
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
