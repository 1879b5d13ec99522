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
        if hasReceivedEnd { return close() }
        times.becomeIdle(at: loop.now)
        goOn()
    }

    private func finish(_ response: ServerResponse) {
        // Nobody reads the rest of the body any more; one over the limit is not waited for.
        if let request = response.request, !request.isComplete, decoder == nil { response.keepsConnection = false }
        response.finish()
        response.request?.finish()
    }

    /// The last answer was given: ends this side, and reads on so that the peer can read it. RFC 9112 section 9.6.
    func close() {
        for response in responses {
            response.request?.abort(.aborted)
            response.close()
        }
        responses.removeAll()
        phase = .discarding
        times.beginDiscarding(at: loop.now, for: server.limits.lingerTimeout)
        socket.end()
        socket.resume()
    }

    /// Answers what is no request, behind the answers that are owed.
    func fail(_ error: HTTPClientError) {
        guard let response = replaceUnanswerable(by: error) else { return }
        phase = .discarding
        // Not a byte is of use before the answers ahead are given; then `close` reads on.
        if responses.count > 1 { socket.pause() }
        loop.attempt { try server.onClientError?(error, response) }
        response.endAsNode(error)
    }

    /// The place for the answer to `error`. A request whose body has failed is given up, and its answer replaced; if
    /// that has begun already, there is no place, and the connection ends.
    private func replaceUnanswerable(by error: HTTPClientError) -> ServerResponse? {
        let response = ServerResponse(to: error, on: self)
        if case .body(let request) = phase, let last = responses.last, last.request === request {
            if last.headersSent {
                socket.destroy()
                return nil
            }
            responses.removeLast()
            last.close()
            request.abort(.failed(error))
        }
        responses.append(response)
        if responses.count == 1 { response.becomeCurrent() }
        return response
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
