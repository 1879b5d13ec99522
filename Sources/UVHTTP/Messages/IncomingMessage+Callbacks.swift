import UVCore

extension IncomingMessage {
    /// Called with each piece of the body. Once this is set, the body is read and its client is not held up.
    public var onData: (([UInt8]) throws -> Void)? {
        get { exchange.requestCallbacks.data }
        nonmutating set {
            exchange.requestCallbacks.data = newValue
            contentListenerChanged()
        }
    }

    /// Called, in place of ``onData``, with each piece of the body where it lies; the span is valid for the call alone.
    public var onBytes: ((RawSpan) throws -> Void)? {
        get { exchange.requestCallbacks.bytes }
        nonmutating set {
            exchange.requestCallbacks.bytes = newValue
            contentListenerChanged()
        }
    }

    /// Called when the whole body was read, also when it was empty: by ``onData`` or ``onBytes``, or thrown away by
    /// ``resume()`` or because the answer was given.
    public var onEnd: (() throws -> Void)? {
        get { exchange.requestCallbacks.end }
        nonmutating set {
            exchange.requestCallbacks.end = newValue
            if newValue != nil { exchange.handle(.endListenerSet) }
        }
    }

    /// Called when the connection has ended before the request was read whole.
    public var onAborted: (() throws -> Void)? {
        get { exchange.requestCallbacks.aborted }
        nonmutating set { exchange.requestCallbacks.aborted = newValue }
    }

    /// Called with the reason after ``onAborted``.
    public var onError: ((HTTPBodyError) throws -> Void)? {
        get { exchange.requestCallbacks.error }
        nonmutating set { exchange.requestCallbacks.error = newValue }
    }

    /// Called last: two ticks after ``onEnd``, or behind ``onError``. The answer may come later.
    public var onClose: (() throws -> Void)? {
        get { exchange.requestCallbacks.close }
        nonmutating set {
            exchange.requestCallbacks.close = newValue
            if isClosed, newValue != nil {
                exchange.loop.nextTick { [exchange] in exchange.tellRequestClosed() }
            }
        }
    }

    /// A callback for content was set. One that was paused stays so, as in Node.
    private func contentListenerChanged() {
        if exchange.listeners.contains(.content) { exchange.handle(.contentListenerSet) }
    }
}
