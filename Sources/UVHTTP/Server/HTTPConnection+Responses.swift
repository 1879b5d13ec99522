import DequeModule
import UVCore

/// From the handler's answer to the socket, and on to the next one.
extension HTTPConnection {
    /// Sends bytes of the current response, with whatever else the running callback sends.
    func send(_ bytes: RawSpan) -> Bool {
        socket.cork()
        return socket.write(bytes)
    }

    /// `response` is complete. If it is its turn, it is finished, and so are those behind it that are complete too.
    func didEnd(_ response: ServerResponse) {
        guard response === responses.first else { return }
        while let response = responses.first, response.isEnded {
            responses.removeFirst()
            finish(response)
            guard !response.isLast else { return close() }
            responses.first?.becomeCurrent()
        }
        guard responses.isEmpty else { return goOn() }
        if hasReceivedEnd || server.isClosing { return close() }
        times.becomeIdle(at: loop.now)
        goOn()
    }

    private func finish(_ response: ServerResponse) {
        response.finish()
        // Nobody reads the rest of the body any more.
        response.request?.finish()
    }

    /// The last answer was given: ends this side, and reads on so that the peer can read it. RFC 9112 section 9.6.
    func close() {
        for response in responses {
            response.request?.abort(.aborted)
            response.close()
        }
        responses.removeAll()
        isLastAnswered = true
        // A body that is under way is read to its end, for the request's sake.
        if case .body = phase {} else { phase = .discarding }
        socket.end()
        socket.resume()
    }

    /// Answers what is no request, behind the answers that are owed.
    func fail(_ error: HTTPClientError) {
        var failed: IncomingMessage?
        if case .body(let request) = phase { failed = request }
        phase = .discarding
        if let failed, !giveUp(failed, error) { return }
        let response = ServerResponse(to: error, failed, on: self)
        responses.append(response)
        // Not a byte is of use before the answers ahead are given; then `close` reads on.
        if responses.count > 1 { socket.pause() } else { response.becomeCurrent() }
        loop.attempt { try server.onClientError?(error, response) }
        response.endAsNode(error)
    }

    /// Gives up a request whose body has failed. False when there is no place for another answer: its own was given, or
    /// has begun.
    private func giveUp(_ request: IncomingMessage, _ error: HTTPClientError) -> Bool {
        request.abort(.failed(error))
        guard let response = responses.last, response.request === request else {
            close()
            return false
        }
        guard !response.headersSent else {
            socket.destroy()
            return false
        }
        responses.removeLast()
        response.close()
        return true
    }
}

extension HTTPServer {
    /// A handler has failed.
    func handle(_ error: any Error, _ request: IncomingMessage, _ response: ServerResponse) {
        loop.attempt {
            if let onHandlerError { return try onHandlerError(error, request, response) }
            StandardStream.error.write("Error in the handler of \(request.method) \(request.path): \(error)\n")
            response.fail()
        }
    }
}
