import UVCore

extension ClientResponse {
    /// Called with each piece of the body. Once this is set, the body is read and its server is not held up.
    public var onData: (([UInt8]) throws -> Void)? {
        get { callbacks.data }
        set {
            callbacks.data = newValue
            contentListenerChanged()
        }
    }

    /// Called, in place of ``onData``, with each piece of the body where it lies; the span is valid for the call alone.
    public var onBytes: ((RawSpan) throws -> Void)? {
        get { callbacks.bytes }
        set {
            callbacks.bytes = newValue
            contentListenerChanged()
        }
    }

    /// Called when the whole body was read, also when it was empty.
    public var onEnd: (() throws -> Void)? {
        get { callbacks.end }
        set {
            callbacks.end = newValue
            if newValue != nil { handle(.endListenerSet) }
        }
    }

    /// Called when the connection has ended before the body was read whole.
    public var onAborted: (() throws -> Void)? {
        get { callbacks.aborted }
        set { callbacks.aborted = newValue }
    }

    /// Called with the reason after ``onAborted``.
    public var onError: ((HTTPBodyError) throws -> Void)? {
        get { callbacks.error }
        set { callbacks.error = newValue }
    }

    /// Called last: two ticks after ``onEnd``, or behind ``onError``.
    public var onClose: (() throws -> Void)? {
        get { callbacks.close }
        set {
            callbacks.close = newValue
            if isClosed, newValue != nil { client.loop.nextTick { [self] in tellClosed() } }
        }
    }

    /// A callback for content was set. One that was paused stays so, as in Node.
    private func contentListenerChanged() {
        if callbacks.listeners.contains(.content) { handle(.contentListenerSet) }
    }
}

// MARK: - What the connection tells it

extension ClientResponse {
    /// Whether more of the body is taken now, to be read or thrown away.
    var takesMore: Bool { body.waitingLength < Self.highWaterMark || !body.isOpen }

    private static let highWaterMark = 16_384

    /// A piece of the body has arrived.
    func deliver(_ bytes: RawSpan) {
        let actions = body.on(.pieceArrived(callbacks.listeners))
        if actions == .pass { read(bytes) }
        if actions == .keep { body.keep([UInt8](copying: bytes)) }
    }

    /// The last byte of the body has arrived, and `trailers` behind it.
    func complete(_ trailers: [Trailer]) {
        trailerFields = trailers
        connection = nil
        handle(.arrived(callbacks.listeners))
    }

    /// The body has broken off.
    func cut(_ error: HTTPBodyError) {
        connection = nil
        handle(.cut(error))
    }
}

// MARK: - What its state asks for

extension ClientResponse {
    func handle(_ event: RequestBody.Event) { perform(body.on(event)) }

    private func perform(_ actions: RequestBody.Actions) {
        if actions.isEmpty { return }
        if actions.contains(.endInTick) { client.loop.nextTick { [self] in handle(.endTick(callbacks.listeners)) } }
        if actions.contains(.flow) { flow() }
        if actions.contains(.readOn) { connection?.readOn() }
        if actions.contains(.flowInTick) { client.loop.nextTick { [self] in flow() } }
        if actions.contains(.startInTick) { client.loop.nextTick { [self] in handle(.startTick) } }
        if actions.contains(.tellEnd) { tell(callbacks.end) }
        if actions.contains(.tellEndInTick) { client.loop.nextTick { [self] in tell(callbacks.end) } }
        if actions.contains(.closeInTwoTicks) {
            client.loop.nextTick { [self] in client.loop.nextTick { [self] in handle(.closeTick) } }
        }
        if actions.contains(.tellCut) { tellCut() }
        if actions.contains(.tellClosed) { tellClosed() }
    }

    /// Passes on what waits.
    private func flow() {
        repeat {
            let actions = body.on(.flowStep)
            perform(actions)
            guard actions.contains(.passPiece), let piece = body.takePiece() else { return }
            read(piece.span.bytes)
        } while true
    }

    private func read(_ bytes: RawSpan) {
        client.loop.attempt {
            if let onBytes = callbacks.bytes {
                try onBytes(bytes)
            } else if let onData = callbacks.data {
                try onData([UInt8](copying: bytes))
            }
        }
    }

    private func tell(_ callback: (() throws -> Void)?) {
        if let callback { client.loop.attempt(callback) }
    }

    private func tellCut() {
        tell(callbacks.aborted)
        client.loop.nextTick { [self] in client.loop.nextTick { [self] in tellError() } }
    }

    private func tellError() {
        if case .cut(let error) = body.life, let onError = callbacks.error {
            client.loop.attempt { try onError(error) }
        }
        tellClosed()
    }

    private func tellClosed() {
        tell(callbacks.close)
        // The program's closures usually hold the response, which holds them.
        callbacks = RequestCallbacks()
    }
}
