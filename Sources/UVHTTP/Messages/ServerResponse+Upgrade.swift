package import HTTPTypes
package import UVCore

extension IncomingMessage {
    /// Whether the server that it came to is closing.
    package var isServerClosing: Bool { exchange.server.isClosing }

    /// Whether the client asks for another protocol and waits for the answer: a request of HTTP/1.1 with `Upgrade`, and
    /// without a body. RFC 9110 section 7.8.
    package var asksForUpgrade: Bool {
        exchange.head.parts.requestsUpgrade && exchange.head.parts.framing == .none
    }
}

extension ServerResponse {
    /// Answers `101 Switching Protocols` with `fields` and those that were set, and lets the connection go: when the answers
    /// before this one are sent, `take` gets the socket, which nothing reads, and what has arrived behind the request. What
    /// `take` throws ends the connection. Dropped when the peer is gone before.
    ///
    /// - Returns: False when the connection stays with HTTP, and this response is to be ended: its request does not ask for
    ///   another protocol, its peer has sent a request behind it, or something was answered already.
    package func switchProtocols(_ fields: HTTPFields, _ take: @escaping (Socket, [UInt8]) throws -> Void) -> Bool {
        guard let request, request.asksForUpgrade, !headersSent, let connection = exchange.outlet else { return false }
        guard connection.begin(HTTPConnection.ProtocolSwitch(exchange: exchange, take: take)) else { return false }
        for field in fields { setHeader(field.name, field.value) }
        // It has no body. RFC 9110 section 8.6.
        for name in [HTTPField.Name.contentLength, .transferEncoding] { removeHeader(name) }
        status = .switchingProtocols
        // No head of HTTP was sent, so nothing of HTTP can follow.
        _ = exchange.state.value.answer.end()
        return true
    }
}

extension HTTPExchange {
    /// The head of the answer that ends HTTP: what the program has set.
    var switchingHead: [UInt8] {
        var head = StatusLine(responseHead.status).bytes
        head.append(contentsOf: responseHead.fields.bytes)
        ChunkedEncoder.appendLineEnd(to: &head)
        return head
    }
}
