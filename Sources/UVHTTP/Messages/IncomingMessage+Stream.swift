import HTTPTypes
import UVCore

// MARK: - Reading

extension IncomingMessage {
    /// Stops reading the body; the client is held up by TCP once ``Socket/highWaterMark`` bytes wait.
    public func pause() { handle(.paused) }

    /// Reads on. Without ``onData`` and ``onBytes`` the body is thrown away.
    public func resume() { handle(.resumed) }

    /// Answers 413 in place of the handler, which would find out only when it reads.
    func refuseBody() { exchange.state.connection?.fail(HTTPClientError(.bodyTooLarge)) }

    /// Why no reader can begin to read the body now; nil if one can.
    var unreadable: HTTPBodyError? {
        let body = exchange.state.value.body
        if body.isRead || body.isThrownAway || listeners.contains(.content) { return .alreadyRead }
        return isClosed ? .aborted : nil
    }
}

// MARK: - What the connection tells it

extension IncomingMessage {
    /// Whether more of the body is taken now, to be read or thrown away.
    func takesMore(below mark: Int) -> Bool {
        exchange.state.value.body.waitingLength < mark || isClosed
    }

    /// A piece of the body has arrived.
    func deliver(_ bytes: RawSpan) {
        let actions = exchange.state.value.body.on(.pieceArrived(listeners))
        if actions == .pass { read(bytes) }
        if actions == .keep { exchange.state.value.body.keep([UInt8](copying: bytes)) }
    }

    func append(_ trailer: Trailer) {
        guard let name = HTTPField.Name(trailer.name) else { return }
        trailers.append(HTTPField(name: name, value: String(decoding: trailer.value, as: UTF8.self)))
    }

    /// The last byte has arrived.
    func complete() { handle(.arrived(listeners)) }

    /// The answer was sent: a body that has no reader is thrown away.
    func wasAnswered() {
        handle(.answered(listeners))
        letGo()
    }

    /// Its body has failed. Where that has cost it the connection, it hears of it with its response, when that has closed.
    func giveUp(_ error: HTTPBodyError, isConnected: Bool) { handle(isConnected ? .cut(error) : .failed(error)) }

    /// The connection is gone, or the request was given up.
    func abort(_ error: HTTPBodyError) { handle(.cut(error)) }

    /// Request and response hold each other until both are done with.
    func letGo() {
        exchange.letGo()
        if exchange.state.value.isOver { hot.response = nil }
    }
}

// MARK: - What its state asks for

extension IncomingMessage {
    func handle(_ event: RequestBody.Event) {
        let actions = exchange.state.value.body.on(event)
        if !actions.isEmpty { perform(actions) }
    }

    private func perform(_ actions: RequestBody.Actions) {
        if actions.contains(.dropReader) { (hot.callbacks.data, hot.callbacks.bytes) = (nil, nil) }
        if actions.contains(.endInTick) { inTick { $0.handle(.endTick($0.listeners)) } }
        if actions.contains(.flow) { flow() }
        if actions.contains(.readOn) { exchange.state.connection?.bodyHasReader(self) }
        if actions.contains(.flowInTick) { inTick { $0.flow() } }
        if actions.contains(.startInTick) { inTick { $0.handle(.startTick) } }
        if actions.contains(.tellEnd) { tellEnd() }
        if actions.contains(.tellEndInTick) { inTick { $0.tellEnd() } }
        if actions.contains(.closeInTwoTicks) { inTick { $0.inTick { $0.handle(.closeTick) } } }
        if actions.contains(.tellCut) { tellCut() }
        if actions.contains(.tellClosed) { tellClosed() }
    }

    private func inTick(_ work: @escaping (IncomingMessage) -> Void) {
        exchange.server.loop.nextTick { [self] in work(self) }
    }

    /// Passes on what waits.
    private func flow() {
        repeat {
            let actions = exchange.state.value.body.on(.flowing)
            perform(actions)
            guard actions.contains(.passPiece), let piece = exchange.state.value.body.takePiece() else { return }
            read(piece.span.bytes)
        } while true
    }

    private func read(_ bytes: RawSpan) {
        run {
            if let onBytes {
                try onBytes(bytes)
            } else if let onData {
                try onData([UInt8](copying: bytes))
            }
        }
    }

    private func tellEnd() {
        if let onEnd { run(onEnd) }
        if isClosed { hot.callbacks.end = nil }
    }

    private func tellCut() {
        if let onAborted { run(onAborted) }
        if listeners.isEmpty { return letGo() }
        inTick {
            $0.inTick { message in
                if case .cut(let error) = message.exchange.state.value.body.life, let onError = message.onError {
                    message.run { try onError(error) }
                }
                message.tellClosed()
            }
        }
    }

    func tellClosed() {
        if let onClose { run(onClose) }
        hot.callbacks = Callbacks()
        letGo()
    }

    /// Runs a callback: the handler has set it, so what it throws the handler has thrown.
    func run(_ callback: () throws -> Void) {
        do {
            try callback()
        } catch {
            exchange.server.handle(error, self, hot.response ?? ServerResponse(over: self))
        }
    }
}
