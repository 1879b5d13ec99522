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

    /// Sends what `write` writes, `room` bytes at most, as ``send(_:)`` does, from where the socket collects it.
    func send(room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) -> Bool {
        guard socket.isWritable else { return false }
        socket.cork()
        return socket.write(room: room, write)
    }

    /// Adds an answer that is owed. It may write when those before it are complete.
    func owe(_ response: ServerResponse) {
        let previous = responses.last
        responses.append(response)
        if previous?.answer.letsNextWrite ?? true { response.becomeCurrent() }
    }

    /// `response` is complete: the next one may write. Answers finish one by one, a tick each, as Node's do.
    func didEnd(_ response: ServerResponse) {
        guard response.answer.place == .current, !socket.isDestroyed else { return }
        // Nothing behind the last answer is a request.
        if response.answer.isLast, case .head = phase { phase = .discarding }
        letNextWrite(after: response)
        if response === responses.first { waitUntilSent() }
    }

    private func letNextWrite(after response: ServerResponse) {
        guard responses.count > 1, var index = responses.firstIndex(where: { $0 === response }) else { return }
        while responses[index].answer.letsNextWrite, index + 1 < responses.count {
            index += 1
            responses[index].becomeCurrent()
        }
    }

    /// A small answer leaves with the end of the running callback and counts as sent; another waits for `didDrain`.
    private func waitUntilSent() {
        guard let first = responses.first, first.answer.isWritten, sending == .none else { return }
        sending = socket.writableLength < socket.highWaterMark ? .inTick : .whenDrained
        if sending == .inTick { loop.nextTick { [self] in if sending == .inTick { firstWasSent() } } }
    }

    /// The first answer has been handed to the system: `resOnFinish` of Node's `_http_server.js`.
    func firstWasSent() {
        sending = .none
        guard !socket.isDestroyed, let response = responses.first, response.answer.isWritten else { return }
        responses.removeFirst()
        response.wasSent()
        response.request?.wasAnswered()
        response.tellClosed()
        if responses.first?.answer.isGivenUp ?? false {
            // What was answered before it is sent all the same.
            socket.uncork()
            socket.destroy()
        } else if response.answer.isLast {
            close()
        } else if responses.isEmpty {
            // Anew: the answer may have taken long.
            times.becomeIdle(at: loop.takeTime())
            if !closeIfOver() { goOn() }
        } else {
            waitUntilSent()
            goOn()
        }
        response.tellFinished()
    }

    /// Closes when all is answered, and nothing more will be a request.
    @discardableResult
    func closeIfOver() -> Bool {
        guard responses.isEmpty, input == .flowing, !isEnding, !socket.isDestroyed else { return false }
        let isOver = isDiscarding || isBetweenRequests && (peerEnd == .used || server.isClosing)
        if isOver { close() }
        return isOver
    }

    /// The answers that are owed are not given any more, or not taken.
    func dropResponses() {
        var dropped = responses
        responses.removeAll()
        if case .switching(let change) = phase { dropped.append(change.response) }
        for response in dropped { response.request?.abort(.aborted) }
        for response in dropped { response.close() }
    }

    /// Whether the peer has ended its side, and is answered all the same.
    var peerHasEnded: Bool { peerEnd != .open && server.allowsHalfOpen }

    /// The answers that are owed may be for no client any more.
    func tellClientEnd() {
        if peerHasEnded { for response in responses { response.tellClientEnd() } }
    }

    /// The last answer was given: ends this side, and reads on so that the peer can read it. RFC 9112 section 9.6.
    func close() {
        guard !isEnding else { return }
        isEnding = true
        // Where the peer has ended, too, the connection is about to close, and they hear of it then, as in Node.
        if peerEnd != .used {
            dropResponses()
        } else if case .switching(let change) = phase {
            responses.append(change.response)
        }
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
        // The request whose body has failed hears of it behind `onClientError`, or when its connection has closed.
        defer { failed?.giveUp(reason ?? .failed(error), isConnected: !socket.isDestroyed) }
        if let failed, !giveUpAnswer(to: failed) { return }
        let response = ServerResponse(to: error, failed, on: self)
        owe(response)
        loop.contain("onClientError") { try server.onClientError?(error, response) }
        response.endAsNode(error)
    }

    /// The peer has ended amid a request, and counts as gone. It is told why, if that can be no answer to another request;
    /// all that is owed ends with the connection.
    func failAtEnd(_ error: HTTPClientError) {
        if let first = responses.first?.answer, first.isOnItsWay { return first.isEnded ? close() : socket.destroy() }
        if requestInBody == nil || !responses.isEmpty {
            let response = ServerResponse(to: error, requestInBody, on: self)
            response.becomeCurrent()
            loop.contain("onClientError") { try server.onClientError?(error, response) }
            response.endAsNode(error)
        }
        close()
    }

    var requestInBody: IncomingMessage? {
        if case .body(let request) = phase { return request }
        return nil
    }

    /// Gives up the answer to a request whose body has failed. Returns whether another takes its place.
    private func giveUpAnswer(to request: IncomingMessage) -> Bool {
        guard let response = responses.last, response.request === request else {
            if responses.isEmpty { close() }
            return false
        }
        switch request.exchange.state.value.replacement {
        case .isAnswered:
            return false
        case .endConnection:
            socket.destroy()
            return false
        case .replace:
            responses.removeLast()
            response.close()
            return true
        }
    }
}

// MARK: - What requests and responses ask for

extension HTTPConnection {
    var remoteAddress: SocketAddress? { socket.remoteAddress }

    /// From how many waiting bytes on the program is told to stop.
    var highWaterMark: Int { socket.highWaterMark }

    func destroy() { socket.destroy() }

    /// Whether the head of `response` lets another request follow. Of the answers that a server owes when it closes, the
    /// last one says so.
    func mayBeFollowed(_ response: ServerResponse) -> Bool {
        if server.isClosing, responses.last === response, !isFollowed { return false }
        return response.exchange.state.value.mayBeFollowed
    }
}
