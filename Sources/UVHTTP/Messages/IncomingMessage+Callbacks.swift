import UVCore

extension IncomingMessage {
    /// Called with each piece of the body. Once this is set, the body is read and its client is not held up.
    public var onData: (([UInt8]) throws -> Void)? {
        get { hot.callbacks.data }
        set {
            hot.callbacks.data = newValue
            contentListenerChanged()
        }
    }

    /// Called, in place of ``onData``, with each piece of the body where it lies; the span is valid for the call alone.
    public var onBytes: ((RawSpan) throws -> Void)? {
        get { hot.callbacks.bytes }
        set {
            hot.callbacks.bytes = newValue
            contentListenerChanged()
        }
    }

    /// Called when the whole body was read, also when it was empty: by ``onData`` or ``onBytes``, or thrown away by
    /// ``resume()`` or because the answer was given.
    public var onEnd: (() throws -> Void)? {
        get { hot.callbacks.end }
        set {
            hot.callbacks.end = newValue
            if newValue != nil { handle(.endListenerSet) }
        }
    }

    /// Called when the connection has ended before the request was read whole.
    public var onAborted: (() throws -> Void)? {
        get { hot.callbacks.aborted }
        set { hot.callbacks.aborted = newValue }
    }

    /// Called with the reason after ``onAborted``.
    public var onError: ((HTTPBodyError) throws -> Void)? {
        get { hot.callbacks.error }
        set { hot.callbacks.error = newValue }
    }

    /// Called last: two ticks after ``onEnd``, or behind ``onError``. The answer may come later.
    public var onClose: (() throws -> Void)? {
        get { hot.callbacks.close }
        set {
            hot.callbacks.close = newValue
            if isClosed, newValue != nil { exchange.server.loop.nextTick { [self] in tellClosed() } }
        }
    }

    /// A callback for content was set. One that was paused stays so, as in Node.
    private func contentListenerChanged() {
        if listeners.contains(.content) { handle(.contentListenerSet) }
    }

    /// Which of them are set.
    var listeners: RequestBody.Listeners {
        let callbacks = hot.callbacks
        var listeners: RequestBody.Listeners = []
        if callbacks.data != nil || callbacks.bytes != nil { listeners.insert(.content) }
        if callbacks.end != nil { listeners.insert(.end) }
        if callbacks.aborted != nil || callbacks.error != nil || callbacks.close != nil { listeners.insert(.others) }
        return listeners
    }
}
