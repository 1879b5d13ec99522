import HTTPTypes
import UVCore

extension ServerResponse {
    /// Runs an `async` handler; what it throws is handled as what a plain one throws.
    func answer(_ request: IncomingMessage, by handler: @escaping HTTPServer.AsyncHandler) {
        guard let server = connection?.server else { return }
        server.loop.spawn { [self] in
            do {
                try await handler(request, self)
            } catch {
                server.handle(error, request, self)
            }
        }
    }

    /// Answers with `status` and nothing else; a connection that was sent a part of another answer is ended. Silent
    /// when the answer is complete.
    package func fail(_ status: HTTPResponse.Status = .internalServerError) {
        guard !isEnded else { return }
        if isOnItsWay { connection?.socket.destroy(); return }
        // What waits for its turn was not sent, `100 Continue` included.
        if !isCurrent { hasContinued = false }
        (headersSent, waiting, trailers, bytesToCome, bodyLength) = (false, [], [], nil, 0)
        head.removeAllFields()
        head.status = status
        end()
    }

    /// Answers a client's error with what Node sends, unless the program has answered it.
    func endAsNode(_ error: HTTPClientError) {
        if isEnded { return }
        if error == .missingHost, !headersSent {
            writeHead(head.status)
        } else if !headersSent {
            headersSent = true
            framing = ResponseFraming(body: .none, isLast: true)
            send(
                "HTTP/1.1 \(error.status) \(head.status.phrase)\r\nConnection: close\r\n\r\n".utf8Span.span.bytes)
        }
        end()
    }
}
