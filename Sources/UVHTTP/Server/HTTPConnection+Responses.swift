import DequeModule
import UVCore

/// From the handler's answer to the socket, and on to the next one.
extension HTTPConnection {
    /// Sends bytes of the current response, with whatever else the running callback sends.
    func send(_ bytes: RawSpan) -> Bool {
        // Behind the last answer nothing is sent, and a write after the end would break the connection.
        guard socket.isWritable else { return false }
        socket.cork()
        return socket.write(bytes)
    }

    /// `response` is complete. If it is its turn, it is finished, and so are those behind it that are complete too.
    func didEnd(_ response: ServerResponse) {
        guard response === responses.first, !socket.isDestroyed else { return }
        while let response = responses.first, response.isEnded {
            responses.removeFirst()
            finish(response)
            guard !response.isLast else { return close() }
            responses.first?.becomeCurrent()
        }
        guard responses.isEmpty else { return goOn() }
        if input == .flowing, peerEnd == .used || isDiscarding { return close() }
        // In a tick: what the read that runs has brought behind this request is answered, too.
        if server.isClosing { loop.nextTick { [self] in if isBetweenRequests { close() } } }
        // Anew: the answer may have taken long.
        times.becomeIdle(at: loop.takeTime())
        goOn()
    }

    /// A small answer leaves with the end of the running callback and counts as sent; another waits for `didDrain`.
    private func finish(_ response: ServerResponse) {
        response.request?.discardBody()
        if draining.isEmpty, socket.writableLength < socket.highWaterMark { return response.finish() }
        draining.append(response)
    }

    /// All complete answers have been handed to the system.
    func finishDrained() {
        for response in draining { response.finish() }
        draining.removeAll()
    }

    /// No handler gives these answers any more, or no client takes them.
    func dropResponses(_ responses: some Sequence<ServerResponse>) {
        for response in responses {
            response.close()
            response.request?.abort(.aborted)
        }
    }

    /// The last answer was given: ends this side, and reads on so that the peer can read it. RFC 9112 section 9.6.
    func close() {
        guard !isEnding else { return }
        isEnding = true
        dropResponses(responses)
        responses.removeAll()
        // The rest of a body still belongs to its request.
        if requestInBody == nil { phase = .discarding }
        times.beginDiscarding(at: loop.takeTime())
        socket.end()
        socket.resume()
    }

    /// Answers what is no request, behind the answers that are owed. If it came in place of a body, that body's request
    /// is given up, for `reason`.
    func fail(_ error: HTTPClientError, _ reason: HTTPBodyError? = nil) {
        let failed = requestInBody
        phase = .discarding
        // The request whose body has failed hears of it behind `onClientError`.
        defer { failed?.abort(reason ?? .failed(error)) }
        if let failed, !giveUpAnswer(to: failed) { return }
        let response = ServerResponse(to: error, failed, on: self)
        responses.append(response)
        if responses.count == 1 { response.becomeCurrent() }
        loop.contain("onClientError") { try server.onClientError?(error, response) }
        response.endAsNode(error)
    }

    var requestInBody: IncomingMessage? {
        if case .body(let request) = phase { return request }
        return nil
    }

    /// Gives up the answer to a request whose body has failed. Returns whether another can take its place: not if the
    /// answer was given, for it is the last then, and not if a part of it was sent, which ends the connection.
    private func giveUpAnswer(to request: IncomingMessage) -> Bool {
        guard let response = responses.last, response.request === request, !response.isEnded else {
            if responses.isEmpty { close() }
            return false
        }
        guard !response.isOnItsWay else {
            socket.destroy()
            return false
        }
        responses.removeLast()
        response.close()
        return true
    }
}
