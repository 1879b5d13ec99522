import UVCore

extension IncomingMessage {
    /// Called with each piece of the body. Once this is set, the body is read and its client is not held up.
    public var onData: (([UInt8]) throws -> Void)? {
        get { exchange.bodyCallbacks.data }
        nonmutating set {
            exchange.bodyCallbacks.data = newValue
            exchange.contentListenerChanged()
        }
    }

    /// Called, in place of ``onData``, with each piece of the body where it lies; the span is valid for the call alone.
    public var onBytes: ((RawSpan) throws -> Void)? {
        get { exchange.bodyCallbacks.bytes }
        nonmutating set {
            exchange.bodyCallbacks.bytes = newValue
            exchange.contentListenerChanged()
        }
    }

    /// Called when the whole body was read, also when it was empty: by ``onData`` or ``onBytes``, or thrown away by
    /// ``resume()`` or because the answer was given.
    public var onEnd: (() throws -> Void)? {
        get { exchange.bodyCallbacks.end }
        nonmutating set {
            exchange.bodyCallbacks.end = newValue
            exchange.endListenerChanged()
        }
    }

    /// Called when the connection has ended before the request was read whole.
    public var onAborted: (() throws -> Void)? {
        get { exchange.bodyCallbacks.aborted }
        nonmutating set { exchange.bodyCallbacks.aborted = newValue }
    }

    /// Called with the reason after ``onAborted``.
    public var onError: ((HTTPBodyError) throws -> Void)? {
        get { exchange.bodyCallbacks.error }
        nonmutating set { exchange.bodyCallbacks.error = newValue }
    }

    /// Called last: two ticks after ``onEnd``, or behind ``onError``. The answer may come later.
    public var onClose: (() throws -> Void)? {
        get { exchange.bodyCallbacks.close }
        nonmutating set {
            exchange.bodyCallbacks.close = newValue
            exchange.closeListenerChanged()
        }
    }
}
