import HTTPTypes
import UVCore

// What becomes of a request: a connection gets it, tells it of the answer, or loses it.

extension ClientRequest {
    var connection: ClientConnection? {
        switch stage {
        case .carried(let connection), .answered(let connection): connection
        case .starting, .waiting, .over: nil
        }
    }

    /// Asks for a connection, in a tick: the program may set its callbacks until then.
    func start() {
        arm()
        client.loop.nextTick { [self] in
            if case .starting = stage { ask() }
        }
    }

    private func ask() {
        if let refusal { return conclude(.invalidRequest(refusal)) }
        // A redirect may lead there.
        guard client.speaks(head.url.scheme) else { return conclude(.invalidRequest(.scheme)) }
        stage = .waiting
        times.enter(.queued, at: client.loop.now)
        client.connect(self)
    }

    /// A connection is there for it, or is being opened.
    func attach(to connection: ClientConnection) {
        stage = .carried(connection)
        enter(connection.socket.isConnecting ? .connecting : .sending)
        if case .whole(let bytes) = body { pending = bytes }
        let isBelowMark = push()
        // What waited for the connection has left with it.
        if isBelowMark, owesDrain { client.loop.nextTick { [self] in try didDrain() } }
    }

    /// What is known for the case that the connection is lost.
    func chances(isReused: Bool) -> ClientExchange.Chances {
        var chances = ClientExchange.Chances()
        if isReused { chances.insert(.isReused) }
        if head.isIdempotent { chances.insert(.isIdempotent) }
        if body.isRepeatable { chances.insert(.isRepeatable) }
        if !wasRepeated { chances.insert(.isFirst) }
        return chances
    }

    /// The connection is lost, and the request goes on a new one.
    func repeatOnce(inPlaceOf lost: ClientConnection) {
        wasRepeated = true
        client.replace(lost, for: self)
    }

    /// The answer to it was a redirect, and has arrived.
    func follow(_ redirect: Redirect) {
        redirectsLeft -= 1
        wasRepeated = false
        head = redirect.head
        if !redirect.keepsBody { (body, pending, trailers, isEnded) = (.whole([]), [], [], true) }
        ask()
    }
}

// MARK: - What it is told

extension ClientRequest {
    func didReceiveInterim(_ head: ReceivedHead) {
        guard let onInformation else { return }
        client.loop.attempt { try onInformation(HTTPResponse.Status(code: head.status), head.fields) }
    }

    /// The head of the answer is there.
    func didReceive(_ response: ClientResponse, on connection: ClientConnection) {
        stage = .answered(connection)
        enter(.body)
        guard let onResponse else { return response.resume() }
        client.loop.attempt { try onResponse(response) }
    }

    /// The socket is the program's.
    func didUpgrade(_ response: ClientResponse, _ socket: Socket, _ rest: [UInt8]) {
        let onUpgrade = onUpgrade
        finish()
        guard let onUpgrade else { return socket.destroy() }
        client.loop.attempt { try onUpgrade(response, socket, rest) }
    }

    /// There is no more to come: the answer has arrived, or the response is told of its end.
    func finish(_ failure: HTTPClient.Failure? = nil) {
        if let writer = bodyWriter.take() { client.loop.nextTick { try writer.onClose(failure) } }
        stage = .over
        deadline?.cancel()
        deadline = nil
        pending = []
        // The program's closures usually hold the request, which holds them.
        (onResponse, onInformation, onUpgrade, onDrain, onError) = (nil, nil, nil, nil, nil)
    }

    /// There will be no answer, or no more of the one that the program has, or the request is cut off behind it.
    func conclude(_ failure: HTTPClient.Failure) {
        var isAnswered = false
        if case .answered(let connection) = stage {
            isAnswered = true
            // Otherwise it is the answer that breaks off, which is told so.
            guard connection.exchange.answer == .arrived else { return finish(failure) }
        }
        let (onError, isPiped) = (onError, bodyWriter != nil)
        finish(failure)
        client.loop.nextTick {
            if let onError { return try onError(failure) }
            // As an error event that nothing listens to; but a program that has its answer or gives up knows, and so does
            // a pipe.
            if failure != .aborted, !isPiped, !isAnswered { throw failure }
        }
    }

    func giveUp(_ failure: HTTPClient.Failure) {
        switch stage {
        case .over: return
        case .starting: break
        case .waiting: client.leaveLine(self)
        case .carried(let connection), .answered(let connection): return connection.fail(failure)
        }
        conclude(failure)
    }
}

// MARK: - Times

extension ClientRequest {
    /// What it waits for now.
    func enter(_ phase: RequestTimes.Phase) {
        times.enter(phase, at: client.loop.now)
        arm()
    }

    /// Waits for the next time-out, if that comes before the one that is waited for.
    private func arm() {
        guard let due = times.due(client.options.timeouts), due.at < deadlineAt else { return }
        deadline?.cancel()
        deadlineAt = due.at
        let rest = Duration.milliseconds(max(due.at - client.loop.now, 0))
        deadline = Deadline(after: rest, on: client.loop, keepsLoopAlive: false) { [self] in didPass() }
    }

    /// Whether the request is on its way, or waits for the program: then no time counts against the server.
    private var isMoving: Bool {
        guard let socket = connection?.socket, times.phase == .sending || times.phase == .head else { return false }
        if socket.writableLength == 0 { return times.phase == .sending }
        defer { bytesTaken = socket.bytesWritten }
        return bytesTaken != socket.bytesWritten
    }

    /// The time of one has passed, which may have moved meanwhile.
    private func didPass() {
        deadlineAt = .max
        guard !isOver, let due = times.due(client.options.timeouts) else { return }
        guard due.at <= client.loop.now else { return arm() }
        if due.kind != .whole, isMoving { return enter(times.phase) }
        if due.kind == .continue { connection?.stopWaiting() } else { giveUp(.timedOut(due.kind)) }
    }
}
