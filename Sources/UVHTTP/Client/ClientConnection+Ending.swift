import HTTPTypes
import UVCore

// MARK: - What comes of an exchange

extension ClientConnection {
    /// Goes on with the next request where this one is over.
    func settle() {
        guard place == .carrying else { return }
        switch exchange.continuation(isDrained: socket.writableLength == 0) {
        case .goOn: return
        case .sendRest: sendRest()
        case .close: endExchange(reusing: false)
        case .reuse: endExchange(reusing: true)
        }
    }

    /// The answer is there, and the request is not sent yet: it is still the one that the connection carries.
    private func sendRest() {
        if exchange.request == .ended { socket.needsDrain = true }
        if let request, request.times.phase != .sending { request.enter(.sending) }
    }

    private func endExchange(reusing: Bool) {
        let (ended, next) = (request, redirect?.to)
        (request, response, redirect) = (nil, nil, nil)
        wasUsed = true
        noteKeepAlive()
        if next == nil { ended?.finish() }
        if reusing, socket.isWritable, input == .flowing, idleEnd > loop.now, !loop.isExiting {
            place = .idle
            socket.unref()
            client.giveBack(self)
        } else {
            close()
        }
        if let next { ended?.follow(next) }
    }

    /// What is under way gets no further here.
    func leave(_ failure: HTTPClient.Failure) {
        let (request, response) = (self.request, self.response)
        (self.request, self.response, redirect) = (nil, nil, nil)
        request?.conclude(failure)
        // One that has arrived is the program's to read, whatever becomes of the request.
        if exchange.answer != .arrived { response?.cut(HTTPBodyError(failure)) }
    }

    /// The connection is lost, or of no use any more.
    func lose(_ failure: HTTPClient.Failure) {
        guard place == .carrying else { return close() }
        let mayRepeat = exchange.loss(request?.chances(isReused: wasUsed) ?? []) == .retry
        guard let request, redirect != nil || mayRepeat else { return fail(failure) }
        let next = redirect?.to
        (self.request, redirect) = (nil, nil)
        guard let next else { return request.repeatOnce(inPlaceOf: self) }
        close()
        request.follow(next)
    }

    /// Closes the connection; the pool may open another one in its place.
    func close() {
        guard place != .gone else { return }
        retire()
        client.didLose(self)
    }

    /// Closes the connection, whose place the pool has given to another one.
    func retire() {
        place = .gone
        socket.destroy()
    }

    func didClose() {
        if input == .ended, place == .carrying, !unused.isEmpty { return }
        lose(.noAnswer)
    }
}

// MARK: - Idle

extension ClientConnection {
    /// The server may have announced when it closes the connection: this end does it a second earlier.
    private func noteKeepAlive() {
        var rest = client.options.timeouts.keepAlive
        if let value = reader.head.value(of: Self.keepAlive), let announced = KeepAlive.timeout(in: value) {
            rest = min(rest, announced - .seconds(1))
        }
        idleEnd = loop.now + rest.wholeMilliseconds
    }

    private static let keepAlive: HTTPField.Name = .named("Keep-Alive")

    func isIdleOver(at now: Int64) -> Bool { place == .idle && now >= idleEnd }
}
