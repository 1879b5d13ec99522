import UVCore

extension ClientResponse {
    /// Called with each piece of the body. Once this is set, the body is read and its server is not held up.
    public var onData: (([UInt8]) throws -> Void)? {
        get { bodyCallbacks.data }
        set {
            bodyCallbacks.data = newValue
            contentListenerChanged()
        }
    }

    /// Called, in place of ``onData``, with each piece of the body where it lies; the span is valid for the call alone.
    public var onBytes: ((RawSpan) throws -> Void)? {
        get { bodyCallbacks.bytes }
        set {
            bodyCallbacks.bytes = newValue
            contentListenerChanged()
        }
    }

    /// Called when the whole body was read, also when it was empty.
    public var onEnd: (() throws -> Void)? {
        get { bodyCallbacks.end }
        set {
            bodyCallbacks.end = newValue
            endListenerChanged()
        }
    }

    /// Called when the connection has ended before the body was read whole.
    public var onAborted: (() throws -> Void)? {
        get { bodyCallbacks.aborted }
        set { bodyCallbacks.aborted = newValue }
    }

    /// Called with the reason after ``onAborted``.
    public var onError: ((HTTPBodyError) throws -> Void)? {
        get { bodyCallbacks.error }
        set { bodyCallbacks.error = newValue }
    }

    /// Called last: two ticks after ``onEnd``, or behind ``onError``.
    public var onClose: (() throws -> Void)? {
        get { bodyCallbacks.close }
        set {
            bodyCallbacks.close = newValue
            closeListenerChanged()
        }
    }
}

// MARK: - What the connection tells it

extension ClientResponse: ReceivedMessage {
    var loop: EventLoop { client.loop }

    func run(_ callback: () throws -> Void) { loop.attempt(callback) }

    func bodyHasReader() { connection?.readOn() }

    /// The program's closures are let go of by then, and so is all that is the connection's.
    func bodyIsOver() {}

    /// Whether more of the body is taken now, to be read or thrown away.
    var takesMore: Bool { takesMore(below: Self.highWaterMark) }

    private static let highWaterMark = 16_384

    /// The last byte of the body has arrived, and `trailers` behind it.
    func complete(_ trailers: [Trailer]) {
        trailerFields = trailers
        connection = nil
        complete()
    }

    /// The body has broken off.
    func cut(_ error: HTTPBodyError) {
        connection = nil
        handle(.cut(error))
    }
}
