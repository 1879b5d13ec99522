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
    /// Answers a request: now, or later by a response that it keeps.
    public typealias Handler = (IncomingMessage, ServerResponse) throws -> Void
    /// Answers a request as a task on the loop's thread.
    public typealias AsyncHandler = @LoopActor (IncomingMessage, ServerResponse) async throws -> Void

    // MARK: Settings

    /// What one peer may cost.
    public var limits: HTTPLimits {
        get { state.limits }
        set {
            state.limits = newValue
            headEncoder = ResponseHeadEncoder(newValue)
            unfinished.limit = newValue.unfinishedAtMost
        }
    }

    /// Called when listening fails. Without it such an error is an uncaught error.
    public var onError: ((LoopError) throws -> Void)? { didSet { listener?.onError = onError } }

    /// Called when connections cannot be accepted, as when no descriptor is left; the server goes on to try. See
    /// `Server.onAcceptError`.
    public var onAcceptError: ((LoopError) throws -> Void)? { didSet { listener?.onAcceptError = onAcceptError } }

    /// Called when a connection has ended before its handshake of TLS was finished, as Node's `tlsClientError`. See
    /// `Server.onHandshakeError`.
    public var onHandshakeError: ((LoopError, SocketAddress?) throws -> Void)? {
        didSet { listener?.onHandshakeError = onHandshakeError }
    }

    /// Whether a client that has ended its side still gets the answers that are owed. Otherwise it counts as gone, as in
    /// Node, and its requests are aborted: most clients end their side only by closing the connection.
    public var allowsHalfOpen = false

    /// How many connections are accepted in one turn of the loop, at most; see `Server.acceptsPerTurn`.
    public var acceptsPerTurn = 1 { didSet { listener?.acceptsPerTurn = acceptsPerTurn } }

    /// How often connections are looked at for time-outs. An idle one is closed when its time is up, and not later than
    /// a tenth of a second after that.
    public var connectionsCheckingInterval: Duration = .milliseconds(500)

    // MARK: State

    /// What every request looks at.
    struct State {
        var callbacks = Callbacks()
        var limits = HTTPLimits()
        var isClosing = false
        /// Whether a connection ends with its answer.
        var endsConnections = false
        var connections: [HTTPConnection] = []
        /// Connections that are refused, and whose peers get the time to read that.
        var refusedCount = 0
        var turns = WaitingTurns()
        var used = UsedExchanges()
        /// What counts the answers.
        var tally: RequestTally?
    }

    /// Unchecked: what is called of the program, or may call it, is called between two changes and not during one.
    @exclusivity(unchecked) var state = State()

    /// By itself, since it is not copyable; unchecked for the same reason.
    @exclusivity(unchecked) var headEncoder = ResponseHeadEncoder(HTTPLimits())

    /// What is gathered of bodies that have not come whole.
    let unfinished = UnfinishedMessages(limit: HTTPLimits().unfinishedAtMost)

    let loop = EventLoop.current
    let handler: Handler
    private let security: (any SocketSecurity)?

    /// What the handler looks at by itself.
    private let handlerChecks: Exchange.Checks

    /// What accepts connections, from `listen` until all are gone after `close`; in that time it keeps this server.
    private var listener: Server?

    var sweep: Deadline?

    /// Connections that are open, those that were handed over not included.
    public var connectionCount: Int { state.connections.count }

    /// True from `close` on.
    public var isClosing: Bool { state.isClosing }

    /// - Parameters:
    ///   - tls: What lies between the connections and the network, such as UVCrypto's `TLSContext`; nil for plain HTTP.
    ///   - handler: Called with each request once its head has arrived.
    public convenience init(tls: (any SocketSecurity)? = nil, _ handler: @escaping Handler) {
        self.init(checking: [], tls: tls, handler)
    }

    /// - Parameters:
    ///   - tls: What lies between the connections and the network, such as UVCrypto's `TLSContext`; nil for plain HTTP.
    ///   - handler: Run as a task on the loop's thread with each request once its head has arrived.
    public convenience init(tls: (any SocketSecurity)? = nil, _ handler: @escaping AsyncHandler) {
        self.init(tls: tls) { request, response in response.answer(request, by: handler) }
    }

    /// - Parameter checks: What `handler` looks at by itself.
    init(checking checks: Exchange.Checks, tls: (any SocketSecurity)?, _ handler: @escaping Handler) {
        self.handler = handler
        security = tls
        handlerChecks = checks
    }

    /// Where the server listens; nil when it does not.
    public var address: SocketAddress? { listener?.address }

    /// Starts to accept connections in a tick; `onListening` is called in the tick after it. Only this
    /// machine reaches it unless `host` says otherwise, such as `0.0.0.0`. See `Server.listen(port:host:backlog:_:)`.
    @discardableResult
    public func listen(
        port: Int, host: String = "127.0.0.1", _ onListening: @escaping () throws -> Void = {}
    ) -> HTTPServer {
        readyListener().listen(port: port, host: host, onListening)
        return self
    }

    /// Starts to accept connections at a Unix domain socket. See `Server.listen(path:backlog:_:)`.
    @discardableResult
    public func listen(path: String, _ onListening: @escaping () throws -> Void = {}) -> HTTPServer {
        readyListener().listen(path: path, onListening)
        return self
    }

    /// Starts to accept connections with a socket that this process was given. See `Server.listen(descriptor:backlog:_:)`.
    @discardableResult
    package func listen(descriptor: Int32, _ onListening: @escaping () throws -> Void = {}) -> HTTPServer {
        readyListener().listen(descriptor: descriptor, onListening)
        return self
    }

    private func readyListener() -> Server {
        state.isClosing = false
        state.endsConnections = false
        let listener = listener ?? Server(tls: security) { [self] socket in accept(socket) }
        listener.allowsHalfOpen = true
        listener.acceptsPerTurn = acceptsPerTurn
        listener.onError = onError
        listener.onAcceptError = onAcceptError
        listener.onHandshakeError = onHandshakeError
        self.listener = listener
        return listener
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
        state.isClosing = true
        state.endsConnections = true
        let listener = listener ?? Server { _ in }
        listener.close { [self] (error: LoopError?) in
            // It has kept this server.
            if isClosing, self.listener === listener { self.listener = nil }
            try onClosed(error)
        }
        closeIdleConnections()
    }

    /// Leaves new connections to another process that listens with the same socket. Those that are open are as before,
    /// but each answer is the last one of its connection; ``close(_:)`` ends them.
    package func stopListening() {
        state.endsConnections = true
        listener?.stopListening()
    }

    /// Closes the connections that have nothing to answer.
    public func closeIdleConnections() {
        for connection in state.connections where connection.isIdle { connection.destroy() }
    }

    /// Ends all connections now, whatever they are doing.
    public func closeAllConnections() {
        for connection in state.connections { connection.destroy() }
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
    /// Serves a connection that no listener has accepted.
    package func serve(_ socket: Socket) { accept(socket) }

    private func accept(_ socket: Socket) {
        let connection = HTTPConnection(socket, server: self)
        connection.state.index = state.connections.count
        state.connections.append(connection)
        startSweep()
        // This one included, and those that were handed over: they hold a descriptor too.
        let accepted = listener?.connectionCount ?? 0
        if accepted - state.refusedCount > connectionLimit { refuse(connection) }
    }

    /// Forgets a connection that is gone or was handed over; the last one takes its place.
    func remove(_ connection: HTTPConnection) {
        guard let index = connection.state.index else { return }
        connection.state.index = nil
        if connection.state.isRefused { state.refusedCount -= 1 }
        let last = state.connections.removeLast()
        if last !== connection {
            state.connections[index] = last
            last.state.index = index
        }
        if state.connections.isEmpty {
            stopSweep()
            state.used.removeAll()
        }
    }

    /// The limit, or less where the process may not open as many descriptors.
    private var connectionLimit: Int {
        min(limits.connections, max(EventLoop.descriptorLimit - limits.reservedDescriptors, 1))
    }

    /// Answers 503 and closes. The peers that get this far use the reserved descriptors, so only some of them are
    /// waited for; the others may see a reset.
    private func refuse(_ connection: HTTPConnection) {
        let isAwaited = state.refusedCount < limits.reservedDescriptors / 2
        if isAwaited { state.refusedCount += 1 }
        connection.refuse(isPeerAwaited: isAwaited)
    }
}
