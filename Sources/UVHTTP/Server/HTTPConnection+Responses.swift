import UVCore

/// From the handler's answer to the socket, and on to the next one.
extension HTTPConnection {
    /// Sends bytes of the current answer, with whatever else the running callback sends.
    func send(_ bytes: RawSpan) -> Bool {
        // Behind the last answer nothing is sent, and a write after the end would break the connection.
        guard socket.isWritable else { return false }
        socket.cork()
        return socket.write(bytes)
    }

    /// Sends what `write` writes, `room` bytes at most, as ``send(_:)`` does, from where the socket collects it.
    @inline(__always)
    func send(room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) -> Bool {
        guard socket.isWritable else { return false }
        socket.cork()
        return socket.write(room: room, write)
    }

    /// Adds an answer that is owed. It may be written when those before it are complete.
    @inline(__always)
    func owe(_ exchange: HTTPExchange) {
        let isNext = state.owed.last?.answer.letsNextWrite ?? true
        state.owed.append(exchange)
        if isNext { exchange.becomeCurrent() }
    }

    /// The answer is complete: the next one may be written. Answers finish one by one, a tick each, as Node's do.
    @inline(__always)
    func didEnd(_ exchange: HTTPExchange) {
        guard exchange.answer.place == .current, !socket.isDestroyed else { return }
        if exchange.answer.isLast { state.endRequests() }
        letNextWrite(after: exchange)
        if state.owed.isFirst(exchange) { waitUntilSent(exchange) }
    }

    @inline(__always)
    private func letNextWrite(after exchange: HTTPExchange) {
        guard exchange.state.next != nil else { return }
        var next = exchange.answer.letsNextWrite ? exchange.state.next : nil
        while let current = next {
            current.becomeCurrent()
            next = current.answer.letsNextWrite ? current.state.next : nil
        }
    }

    /// A small answer leaves with the end of the running callback and counts as sent; another waits for `didDrain`.
    @inline(__always)
    private func waitUntilSent(_ first: HTTPExchange) {
        guard first.answer.isWritten, state.sending == .none else { return }
        state.sending = socket.writableLength < socket.highWaterMark ? .inTick : .whenDrained
        if state.sending == .inTick { loop.nextTick { [self] in if state.sending == .inTick { firstWasSent() } } }
    }

    /// The first answer has been handed to the system: `resOnFinish` of Node's `_http_server.js`.
    func firstWasSent() {
        state.sending = .none
        guard !socket.isDestroyed, state.owed.first?.answer.isWritten ?? false, let sent = state.owed.popFirst()
        else { return }
        // Anew where nothing else is owed: the answer may have taken long.
        let now = state.owed.isEmpty ? loop.takeTime() : loop.now
        server.state.tally?.count(sent, status: sent.responseHead.code, at: now)
        sent.wasSent()
        sent.tellSubject()
        sent.tellResponseClosed()
        if state.owed.first?.answer.isGivenUp ?? false {
            // What was answered before it is sent all the same.
            socket.uncork()
            socket.destroy()
        } else if sent.answer.isLast {
            close()
        } else if let next = state.owed.first {
            waitUntilSent(next)
            goOn()
        } else {
            state.times.becomeIdle(at: now)
            if !closeIfOver() { goOn() }
        }
        sent.tellFinished()
    }

    /// The answers that are owed are not given any more, or not taken.
    private func takeAnswers() -> [HTTPExchange] {
        var answers = state.owed.takeAll()
        if case .switching(let change) = state.phase { answers.append(change.exchange) }
        return answers
    }

    func dropAnswers() {
        let dropped = takeAnswers()
        server.state.tally?.countAborted(dropped.count)
        for exchange in dropped { exchange.subject?.abort(.aborted) }
        for exchange in dropped { exchange.drop() }
    }

    /// Gives up the answer to a request whose body has failed. Returns whether another takes its place.
    private func giveUpAnswer(to exchange: HTTPExchange) -> Bool {
        guard state.owed.last === exchange else {
            if state.owed.isEmpty { close() }
            return false
        }
        switch exchange.state.value.replacement {
        case .isAnswered:
            return false
        case .endConnection:
            socket.destroy()
            return false
        case .replace:
            state.owed.removeLast()
            exchange.drop()
            return true
        }
    }
}

// MARK: - The end

extension HTTPConnection {
    /// Whether the peer has ended its side, and is answered all the same.
    var peerHasEnded: Bool { state.peerEnd != .open && server.allowsHalfOpen }

    /// The answers that are owed may be for no client any more.
    func tellClientEnd() {
        guard peerHasEnded else { return }
        var exchange = state.owed.first
        while let owed = exchange {
            owed.tellClientEnd()
            exchange = owed.state.next
        }
    }

    /// Closes when all is answered, and nothing more will be a request.
    @discardableResult
    func closeIfOver() -> Bool {
        guard state.owed.isEmpty, state.input == .flowing, !state.isEnding, !socket.isDestroyed else { return false }
        let isOver =
            state.isDiscarding || state.isBetweenRequests && (state.peerEnd == .used || server.state.endsConnections)
        if isOver { close() }
        return isOver
    }

    /// The last answer was given: ends this side, and reads on so that the peer can read it. RFC 9112 section 9.6.
    func close() {
        guard !state.isEnding else { return }
        state.isEnding = true
        // Where the peer has ended, too, the connection is about to close, and they hear of it then, as in Node.
        if state.peerEnd != .used {
            dropAnswers()
        } else if case .switching(let change) = state.phase {
            state.owed.append(change.exchange)
        }
        // The rest of a body still belongs to its request.
        if state.exchangeInBody == nil { state.phase = .discarding }
        state.times.beginDiscarding(at: loop.takeTime())
        socket.end()
        socket.resume()
    }

    /// Answers what is no request, behind the answers that are owed. If it came in place of a body, that body's request
    /// is given up, for `reason`.
    func fail(_ error: HTTPClientError, _ reason: HTTPBodyError? = nil) {
        let failed = state.exchangeInBody
        let exchange = state.exchangeInHead ?? server.makeExchange()
        state.phase = .discarding
        countUnfinished(0)
        // The request whose body has failed hears of it behind `onClientError`, or when its connection has closed.
        defer { failed?.giveUp(reason ?? .failed(error), isConnected: !socket.isDestroyed) }
        if let failed, !giveUpAnswer(to: failed) { return }
        exchange.begin(answering: error, failed, on: self)
        owe(exchange)
        give(exchange, error)
    }

    /// The peer has ended amid a request, and counts as gone. It is told why, if that can be no answer to another request;
    /// all that is owed ends with the connection.
    func failAtEnd(_ error: HTTPClientError) {
        if let first = state.owed.first?.answer, first.isOnItsWay { return first.isEnded ? close() : socket.destroy() }
        let failed = state.exchangeInBody
        if failed == nil || !state.owed.isEmpty {
            let exchange = state.exchangeInHead ?? server.makeExchange()
            exchange.begin(answering: error, failed, on: self)
            exchange.becomeCurrent()
            give(exchange, error)
        }
        close()
    }

    /// Lets the program answer what is no request, and does it as Node does otherwise.
    private func give(_ exchange: HTTPExchange, _ error: HTTPClientError) {
        loop.contain("onClientError") { try server.onClientError?(error, exchange.response) }
        exchange.response.endAsNode(error)
    }
}

// MARK: - What exchanges and the server ask for

extension HTTPConnection {
    var remoteAddress: SocketAddress? { socket.remoteAddress }

    var isEncrypted: Bool { socket.isEncrypted }

    /// From how many waiting bytes on the program is told to stop.
    var highWaterMark: Int { socket.highWaterMark }

    /// Ends it now, whatever it is doing.
    func destroy() { socket.destroy() }

    /// Answers that there are too many connections, and closes.
    ///
    /// - Parameter isPeerAwaited: Whether the peer has the time to read the answer; otherwise it may see a reset.
    func refuse(isPeerAwaited: Bool) {
        state.isRefused = isPeerAwaited
        fail(.tooManyConnections)
        // The answer leaves with the end of the running callback.
        if !isPeerAwaited { loop.atCheck { [self] in destroy() } }
    }

    /// Whether the head of the answer lets another request follow. Of the answers that a server owes when it closes, or
    /// listens no more, the last one says so.
    @inline(__always)
    func mayBeFollowed(_ exchange: HTTPExchange) -> Bool {
        if server.state.endsConnections, state.owed.last === exchange, !state.isFollowed { return false }
        return exchange.state.value.mayBeFollowed
    }
}
