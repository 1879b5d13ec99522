import UVCore

// The request's half: what its body's state asks for.

/// What the program wants to be told of a request. The closures usually hold the request, which holds them until it is
/// closed.
struct RequestCallbacks {
    var data: (([UInt8]) throws -> Void)?
    var bytes: ((RawSpan) throws -> Void)?
    var end: (() throws -> Void)?
    var aborted: (() throws -> Void)?
    var error: ((HTTPBodyError) throws -> Void)?
    var close: (() throws -> Void)?

    /// Which of them are set.
    var listeners: RequestBody.Listeners {
        var listeners: RequestBody.Listeners = []
        if data != nil || bytes != nil { listeners.insert(.content) }
        if end != nil { listeners.insert(.end) }
        if aborted != nil || error != nil || close != nil { listeners.insert(.others) }
        return listeners
    }

    /// Most requests have none.
    mutating func removeAll() {
        if !listeners.isEmpty { self = RequestCallbacks() }
    }
}

// MARK: - What the connection tells it

extension HTTPExchange {
    /// Whether more of the body is taken now, to be read or thrown away.
    func takesMore(below mark: Int) -> Bool {
        state.value.body.waitingLength < mark || !state.value.body.isOpen
    }

    /// A piece of the body has arrived.
    func deliver(_ bytes: RawSpan) {
        let actions = state.value.body.on(.pieceArrived(listeners))
        if actions == .pass { read(bytes) }
        if actions == .keep { state.value.body.keep([UInt8](copying: bytes)) }
    }

    /// The last byte of the body has arrived, and `trailers` behind it.
    func complete(_ trailers: [Trailer]) {
        if !trailers.isEmpty { setExtra { $0.requestTrailers = trailers } }
        complete()
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
}

// MARK: - What its state asks for

extension HTTPExchange {
    /// Which callbacks of the request are set.
    var listeners: RequestBody.Listeners { requestCallbacks.listeners }

    func handle(_ event: RequestBody.Event) {
        let actions = state.value.body.on(event)
        if !actions.isEmpty { perform(actions) }
    }

    private func perform(_ actions: RequestBody.Actions) {
        // Of most requests this is all that is to be done.
        if actions == .tellClosed { return tellRequestClosed() }
        if actions.contains(.dropReader) {
            requestCallbacks.data = nil
            requestCallbacks.bytes = nil
        }
        if actions.contains(.endInTick) { loop.nextTick { [self] in handle(.endTick(listeners)) } }
        if actions.contains(.flow) { flow() }
        if actions.contains(.readOn) { state.connection?.bodyHasReader(self) }
        if actions.contains(.flowInTick) { loop.nextTick { [self] in flow() } }
        if actions.contains(.startInTick) { loop.nextTick { [self] in handle(.startTick) } }
        if actions.contains(.tellEnd) { tellEnd() }
        if actions.contains(.tellEndInTick) { loop.nextTick { [self] in tellEnd() } }
        if actions.contains(.closeInTwoTicks) {
            loop.nextTick { [self] in loop.nextTick { [self] in handle(.closeTick) } }
        }
        if actions.contains(.tellCut) { tellCut() }
        if actions.contains(.tellClosed) { tellRequestClosed() }
    }

    /// Passes on what waits.
    private func flow() {
        repeat {
            let actions = state.value.body.on(.flowStep)
            perform(actions)
            guard actions.contains(.passPiece), let piece = state.value.body.takePiece() else { return }
            read(piece.span.bytes)
        } while true
    }

    private func read(_ bytes: RawSpan) {
        run {
            if let onBytes = requestCallbacks.bytes {
                try onBytes(bytes)
            } else if let onData = requestCallbacks.data {
                try onData([UInt8](copying: bytes))
            }
        }
    }

    private func tellEnd() {
        if let onEnd = requestCallbacks.end { run(onEnd) }
        if !state.value.body.isOpen { requestCallbacks.end = nil }
    }

    private func tellCut() {
        if let onAborted = requestCallbacks.aborted { run(onAborted) }
        if listeners.isEmpty { return letGo() }
        loop.nextTick { [self] in loop.nextTick { [self] in tellError() } }
    }

    private func tellError() {
        if case .cut(let error) = state.value.body.life, let onError = requestCallbacks.error {
            run { try onError(error) }
        }
        tellRequestClosed()
    }

    func tellRequestClosed() {
        if let onClose = requestCallbacks.close { run(onClose) }
        requestCallbacks.removeAll()
        letGo()
    }
}
