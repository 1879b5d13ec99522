import HTTPTypes
import UVCore

extension ServerResponse {
    /// Runs an `async` handler; what it throws is handled as what a plain one throws. One that returns and leaves nothing that
    /// could answer has failed, too.
    func answer(_ request: IncomingMessage, by handler: @escaping HTTPServer.AsyncHandler) {
        guard exchange.answer.isOwed else { return }
        let server = exchange.server
        server.loop.spawn { [self] in
            do {
                try await handler(request, self)
                if !isEnded { exchange.outlet?.didReturn(from: exchange) }
            } catch {
                server.handle(error, request, self)
            }
        }
    }

    /// Ends the connection at once, with all that it owes: what was not sent yet is lost. A response that waits for its
    /// turn does so when those before it are finished, and nothing of it is sent.
    public func destroy() {
        guard let connection = exchange.outlet else { return }
        exchange.state.value.answer.giveUp()
        exchange.forgetWaiting()
        if connection.state.owed.first === exchange { connection.destroy() }
    }

    /// Answers with `status` in place of what was said so far; a connection that was sent a part of another answer is
    /// ended. Silent when the answer is complete.
    package func fail(_ status: HTTPResponse.Status = .internalServerError) {
        guard !isEnded else { return }
        guard exchange.state.value.beginAnswerAgain() else { exchange.outlet?.destroy(); return }
        exchange.forgetWaiting()
        exchange.state.extras?.responseTrailers = []
        exchange.state.extras?.filter = nil
        exchange.responseHead.removeAllFields()
        refuse(HTTPError(status))
    }

    /// Answers a client's error with what Node sends, unless the program has answered it.
    func endAsNode(_ error: HTTPClientError) {
        if isEnded { return }
        if error == .missingHost, !headersSent {
            writeHead(status)
        } else if !headersSent {
            exchange.state.value.answer.sendHead(ResponseFraming(body: .none, isLast: true))
            exchange.send(
                "HTTP/1.1 \(error.status) \(status.phrase)\r\nConnection: close\r\n\r\n".utf8Span.span.bytes)
        }
        end()
    }
}
