public import UVCore

/// An HTTP/1.1 server, as Node's `http.Server`.
///
/// ```swift
/// HTTPServer { request, response in
///     response.setHeader(.contentType, "text/plain")
///     response.end("You asked for \(request.url)\n")
/// }.listen(port: 3000)
/// ```
///
/// A request is answered when its response has been ended, not when the handler returns. Requests that come in one
/// after another on a connection are handled at once and answered in their order.
@LoopActor
public final class HTTPServer {
    public typealias Handler = (IncomingMessage, ServerResponse) throws -> Void
    public typealias AsyncHandler = @LoopActor (IncomingMessage, ServerResponse) async throws -> Void

    // MARK: Callbacks

    /// Called when bytes came that are no request, a request took too long, or a connection is one more than
    /// ``HTTPLimits/connections``. The response has the status set and will close the connection; if this callback does
    /// not write it, the client gets a bare head, as from Node.
    @exclusivity(unchecked) public var onClientError: ((HTTPClientError, ServerResponse) throws -> Void)?

    /// Called in place of the handler when a request asks for another protocol. The socket is handed over as it is:
    /// nothing reads it, and `head` holds what has arrived behind the request. Without it the request is a normal one.
    @exclusivity(unchecked) public var onUpgrade:
        ((_ request: IncomingMessage, _ socket: Socket, _ head: [UInt8]) throws -> Void)?

    /// Called in place of the handler when a client asks for a tunnel, by CONNECT: the socket is handed over as by
    /// ``onUpgrade``. Without it the connection is ended, so that no byte meant for a tunnel is read as a request: without
    /// a word, as in Node, unless ``onClientError`` has one.
    public var onConnect: ((_ request: IncomingMessage, _ socket: Socket, _ head: [UInt8]) throws -> Void)?

    /// Which requests for another protocol go to ``onUpgrade``; the others are normal ones. Without it all do.
    @exclusivity(unchecked) public var shouldUpgrade: ((IncomingMessage) -> Bool)?

    /// Called in place of the handler when a client waits for `100 Continue` before it sends the body. Without it the
    /// client is told to go on. See ``ServerResponse/writeContinue()``.
    @exclusivity(unchecked) public var onCheckContinue: Handler?

    /// Called in place of the handler for any other expectation, which is answered 417 otherwise.
    @exclusivity(unchecked) public var onCheckExpectation: Handler?

    /// Called with a request beyond ``HTTPLimits/maxRequestsPerSocket``, which is answered 503.
    public var onDropRequest: ((IncomingMessage) throws -> Void)?

    /// Called with what a handler has thrown, or a callback that it has set on the request or the response, which may
    /// have been ended by then. Without it the error is written to standard error, and the request is answered 500 if
    /// nothing of an answer was sent.
    ///
    /// An ``HTTPError`` is an answer, and an ``HTTPBodyError`` of a request that was cut off is no failure: neither comes
    /// here. What this callback throws goes to ``EventLoop/onUncaughtError``, else to standard error, and the server goes
    /// on; so does what the other callbacks of one client throw.
    @exclusivity(unchecked) public var onHandlerError: ((any Error, IncomingMessage, ServerResponse) throws -> Void)?

    /// Called to answer with an ``HTTPError``: one that a handler threw, and those of the router, of its
    /// routes for WebSockets, and of bodies over the limit. The status is set already. Without it the message is sent as a
    /// line of text. What is no request is answered without it.
    public var onRefuse: ((HTTPError, ServerResponse) throws -> Void)?

    /// Called when listening fails. Without it such an error is an uncaught error.
    public var onError: ((LoopError) throws -> Void)? { didSet { listener?.onError = onError } }

    // MARK: Settings

    /// What one peer may cost.
    @exclusivity(unchecked) public var limits = HTTPLimits() { didSet { headEncoder = ResponseHeadEncoder(limits) } }

    /// Whether a client that has ended its side still gets the answers that are owed. Otherwise it counts as gone, as in
    /// Node, and its requests are aborted: most clients end their side only by closing the connection.
    public var allowsHalfOpen = false

    /// How many connections are accepted in one turn of the loop, at most; see ``Server/acceptsPerTurn``.
    public var acceptsPerTurn = 1 { didSet { listener?.acceptsPerTurn = acceptsPerTurn } }

    /// How often connections are looked at for time-outs. An idle one is closed when its time is up, and not later than
    /// a tenth of a second after that.
    public var connectionsCheckingInterval: Duration = .milliseconds(500)

    // MARK: State

    /// Connections that are open, those that were handed over not included.
    public var connectionCount: Int { connections.count }

    /// True from ``close(_:)`` on.
    @exclusivity(unchecked) public private(set) var isClosing = false

    let loop = EventLoop.current
    let handler: Handler
    /// A router refuses bodies over the limit by itself.
    private let handlerChecks: Exchange.Checks

    /// What accepts connections, from `listen` until all are gone after `close`; in that time it keeps this server.
    private var listener: Server?

    @exclusivity(unchecked) var headEncoder = ResponseHeadEncoder(HTTPLimits())

    var connections: [HTTPConnection] = []
    var refusedCount = 0
    var sweep: Deadline?
    var turns = WaitingTurns()

    /// - Parameter handler: Called with each request once its head has arrived.
    public init(_ handler: @escaping Handler) {
        self.handler = handler
        handlerChecks = []
    }

    /// A server that routes its requests by `router`.
    public init(_ router: Router) {
        handler = { request, response in try router.handle(request, response) }
        handlerChecks = .body
    }

    /// - Parameter handler: Run as a task on the loop's thread with each request once its head has arrived.
    public convenience init(_ handler: @escaping AsyncHandler) {
        self.init { request, response in response.answer(request, by: handler) }
    }

    /// Where the server listens; nil when it does not.
    public var address: SocketAddress? { listener?.address }

    /// Starts to accept connections in a tick; `onListening` is called in the tick after it. See
    /// ``Server/listen(port:host:backlog:_:)``.
    @discardableResult
    public func listen(
        port: Int, host: String = "127.0.0.1", _ onListening: @escaping () throws -> Void = {}
    ) -> HTTPServer {
        isClosing = false
        let listener = listener ?? Server { [self] socket in accept(socket) }
        listener.allowsHalfOpen = true
        listener.acceptsPerTurn = acceptsPerTurn
        listener.onError = onError
        self.listener = listener
        listener.listen(port: port, host: host, onListening)
        return self
    }

    /// Stops accepting and closes idle connections; answers that are under way are finished. `onClosed` is called, in a
    /// tick, when all connections are gone, those that were handed over too.
    public func close(_ onClosed: @escaping () throws -> Void = {}) {
        close { (_: LoopError?) in try onClosed() }
    }

    /// Stops accepting and closes idle connections; answers that are under way are finished. `onClosed` is called, in a
    /// tick, when all connections are gone, those that were handed over too: with an error (`ENOTCONN`) if the server
    /// was not listening.
    public func close(_ onClosed: @escaping (LoopError?) throws -> Void) {
        isClosing = true
        let listener = listener ?? Server { _ in }
        listener.close { [self] (error: LoopError?) in
            // It has kept this server.
            if isClosing, self.listener === listener { self.listener = nil }
            try onClosed(error)
        }
        closeIdleConnections()
    }

    /// Closes the connections that have nothing to answer.
    public func closeIdleConnections() {
        for connection in connections where connection.isIdle { connection.socket.destroy() }
    }

    /// Ends all connections now, whatever they are doing.
    public func closeAllConnections() {
        for connection in connections { connection.socket.destroy() }
    }
}

// MARK: - Connections

extension HTTPServer {
    /// What the program looks at itself before a handler is called.
    var checks: Exchange.Checks {
        var checks = handlerChecks
        if onCheckContinue != nil { checks.insert(.continue) }
        if onCheckExpectation != nil { checks.insert(.expectation) }
        return checks
    }

    /// Whether `request` leaves HTTP.
    func takesUpgrade(_ request: IncomingMessage) -> Bool {
        onUpgrade != nil && (shouldUpgrade?(request) ?? true)
    }
}

extension HTTPServer {
    private func accept(_ socket: Socket) {
        socket.setNoDelay()
        let connection = HTTPConnection(socket, server: self)
        connection.index = connections.count
        connections.append(connection)
        startSweep()
        // This one included, and those that were handed over: they hold a descriptor too.
        let accepted = listener?.connectionCount ?? 0
        if accepted - refusedCount > connectionLimit { refuse(connection) }
    }

    /// Forgets a connection that is gone or was handed over; the last one takes its place.
    func remove(_ connection: HTTPConnection) {
        guard let index = connection.index else { return }
        connection.index = nil
        let last = connections.removeLast()
        if last !== connection {
            connections[index] = last
            last.index = index
        }
        if connections.isEmpty { stopSweep() }
    }

    /// The limit, or less where the process may not open as many descriptors.
    private var connectionLimit: Int {
        min(limits.connections, max(EventLoop.descriptorLimit - limits.reservedDescriptors, 1))
    }

    /// Answers 503 and closes. The peers that get this far use the reserved descriptors, so only some of them are
    /// waited for; the others may see a reset.
    private func refuse(_ connection: HTTPConnection) {
        let socket = connection.socket
        connection.fail(.tooManyConnections)
        // The answer leaves with the end of the running callback.
        guard refusedCount < limits.reservedDescriptors / 2 else { return loop.atCheck { socket.destroy() } }
        refusedCount += 1
        let didClose = socket.onClose
        socket.onClose = { [self] hadError in
            refusedCount -= 1
            try didClose?(hadError)
        }
    }
}
