public import UVCore

extension HTTPServer {
    /// What the program has set.
    struct Callbacks {
        var onClientError: ((HTTPClientError, ServerResponse) throws -> Void)?
        var onUpgrade: ((_ request: IncomingMessage, _ socket: Socket, _ head: [UInt8]) throws -> Void)?
        var onConnect: ((_ request: IncomingMessage, _ socket: Socket, _ head: [UInt8]) throws -> Void)?
        var shouldUpgrade: ((IncomingMessage) -> Bool)?
        var onCheckContinue: Handler?
        var onCheckExpectation: Handler?
        var onDropRequest: ((IncomingMessage) throws -> Void)?
        var onHandlerError: ((any Error, IncomingMessage, ServerResponse) throws -> Void)?
        var onRefuse: ((HTTPError, ServerResponse) throws -> Void)?
    }
}

// MARK: - For the program

extension HTTPServer {
    /// Called when bytes came that are no request, a request took too long, or a connection is one more than
    /// ``HTTPLimits/connections``. The response has the status set and will close the connection; if this callback does
    /// not write it, the client gets a bare head, as from Node.
    public var onClientError: ((HTTPClientError, ServerResponse) throws -> Void)? {
        get { state.callbacks.onClientError }
        set { state.callbacks.onClientError = newValue }
    }

    /// Called in place of the handler when a request asks for another protocol. The socket is handed over as it is:
    /// nothing reads it, and `head` holds what has arrived behind the request. Without it the request is a normal one.
    public var onUpgrade: ((_ request: IncomingMessage, _ socket: Socket, _ head: [UInt8]) throws -> Void)? {
        get { state.callbacks.onUpgrade }
        set { state.callbacks.onUpgrade = newValue }
    }

    /// Called in place of the handler when a client asks for a tunnel, by CONNECT: the socket is handed over as by
    /// ``onUpgrade``. Without it the connection is ended, so that no byte meant for a tunnel is read as a request: without
    /// a word, as in Node, unless ``onClientError`` has one.
    public var onConnect: ((_ request: IncomingMessage, _ socket: Socket, _ head: [UInt8]) throws -> Void)? {
        get { state.callbacks.onConnect }
        set { state.callbacks.onConnect = newValue }
    }

    /// Which requests for another protocol go to ``onUpgrade``; the others are normal ones. Without it all do.
    public var shouldUpgrade: ((IncomingMessage) -> Bool)? {
        get { state.callbacks.shouldUpgrade }
        set { state.callbacks.shouldUpgrade = newValue }
    }

    /// Called in place of the handler when a client waits for `100 Continue` before it sends the body. Without it the
    /// client is told to go on. See ``ServerResponse/writeContinue()``.
    public var onCheckContinue: Handler? {
        get { state.callbacks.onCheckContinue }
        set { state.callbacks.onCheckContinue = newValue }
    }

    /// Called in place of the handler for any other expectation, which is answered 417 otherwise.
    public var onCheckExpectation: Handler? {
        get { state.callbacks.onCheckExpectation }
        set { state.callbacks.onCheckExpectation = newValue }
    }

    /// Called with a request beyond ``HTTPLimits/maxRequestsPerSocket``, which is answered 503.
    public var onDropRequest: ((IncomingMessage) throws -> Void)? {
        get { state.callbacks.onDropRequest }
        set { state.callbacks.onDropRequest = newValue }
    }

    /// Called with what a handler has thrown, or a callback that it has set on the request or the response, which may
    /// have been ended by then. Without it the error is written to standard error, and the request is answered 500 if
    /// nothing of an answer was sent.
    ///
    /// An ``HTTPError`` is an answer, and an ``HTTPBodyError`` of a request that was cut off is no failure: neither comes
    /// here. What this callback throws goes to `EventLoop.onUncaughtError`, else to standard error, and the server goes
    /// on; so does what the other callbacks of one client throw.
    public var onHandlerError: ((any Error, IncomingMessage, ServerResponse) throws -> Void)? {
        get { state.callbacks.onHandlerError }
        set { state.callbacks.onHandlerError = newValue }
    }

    /// Called to answer with an ``HTTPError``: one that a handler threw, and those of the router, of its
    /// routes for WebSockets, and of bodies over the limit. The status is set already. Without it the message is sent as a
    /// line of text. What is no request is answered without it.
    ///
    /// It may throw: the error that it was given is answered as without it then, with that error's status, or cut off if a
    /// part of an answer was sent. What it throws goes to `EventLoop.onUncaughtError`, else to standard error.
    public var onRefuse: ((HTTPError, ServerResponse) throws -> Void)? {
        get { state.callbacks.onRefuse }
        set { state.callbacks.onRefuse = newValue }
    }
}
