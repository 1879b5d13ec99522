import UVCore

/// Sends requests and gets answers: Node's `http.request` and its `http.Agent` in one.
///
/// ```swift
/// let client = HTTPClient()
/// client.get("http://localhost:3000/tasks") { result in
///     let response = try result.get()
///     response.collect { body in print(response.status, try body.get().count) }
/// }
/// ```
///
/// Connections are kept, the one used last is used first, and a request that finds all of them busy waits in line. The
/// server may close an idle one at the moment at which it is used: a request that meets this, and that may be sent twice
/// by RFC 9110 section 9.2.2, is sent once more, any other fails with ``Failure/noAnswer``.
///
/// What a callback throws is an uncaught error, as of a timer's. Connections that carry nothing do not keep the loop
/// alive.
@LoopActor
public final class HTTPClient {
    /// What it was made with.
    public let options: Options

    /// What secures connections for `https`.
    private let security: (any SocketSecurity)?
    /// Opens connections in place of ``ClientTransport``, whatever the origin.
    private let opener: ((_ onConnect: @escaping () -> Void) -> Socket)?
    let loop: EventLoop
    private var pool: ConnectionPool<HTTPOrigin, ClientConnection, ClientRequest>
    private var sweep: Deadline?
    private var inUse: [ObjectIdentifier: ClientConnection] = [:]

    /// A client on the running loop.
    ///
    /// - Parameters:
    ///   - options: Limits, time-outs, and how many connections it keeps.
    ///   - tls: What secures the connections for `https` URLs, such as UVCrypto's `TLSContext`; without it they are refused
    ///     with ``InvalidRequest/scheme``.
    public convenience init(_ options: Options = Options(), tls: (any SocketSecurity)? = nil) {
        self.init(options, tls: tls, opener: nil)
    }

    /// A client on the running loop whose every connection, whatever the origin, is one that `opener` opens.
    package convenience init(_ options: Options = Options(), opener: @escaping (@escaping () -> Void) -> Socket) {
        self.init(options, tls: nil, opener: opener)
    }

    private init(_ options: Options, tls: (any SocketSecurity)?, opener: ((@escaping () -> Void) -> Socket)?) {
        self.options = options
        self.opener = opener
        security = tls
        loop = .current
        pool = ConnectionPool(
            mostOfOrigin: max(options.connectionsPerOrigin, 1), mostInAll: max(options.connections, 1))
    }

    /// Closes the connections that carry nothing.
    public func closeIdleConnections() {
        for connection in pool.idle { connection.close() }
    }

    /// Closes all connections. Requests that are under way on them fail with ``Failure/aborted``; those in line get
    /// connections of their own, as from Node's `agent.destroy()`.
    public func closeAllConnections() {
        closeIdleConnections()
        for connection in inUse.values { connection.fail(.aborted) }
    }
}

// MARK: - Connections for requests

extension HTTPClient {
    /// Gets a connection for a request, or a place in the line for one.
    func connect(_ request: ClientRequest) {
        let origin = request.head.url.origin
        switch pool.ask(origin, for: request) {
        case .use(let connection): carry(request, on: connection)
        case .open(let closing):
            closing?.retire()
            open(origin, for: request)
        case .wait: break
        }
    }

    /// The request does not wait for a connection any more.
    func leaveLine(_ request: ClientRequest) { _ = pool.leave(request.head.url.origin, request) }

    /// Whether it can open connections to such origins.
    func speaks(_ scheme: HTTPURL.Scheme) -> Bool {
        if case .none = security { scheme == .http } else { true }
    }

    private func open(_ origin: HTTPOrigin, for request: ClientRequest) {
        var opened: ClientConnection?
        let onConnect = { () -> Void in opened?.didOpen() }
        let socket =
            opener?(onConnect) ?? ClientTransport.open(origin, at: options.socketPath, tls: security, onConnect)
        let connection = ClientConnection(socket, origin, self)
        opened = connection
        inUse[ObjectIdentifier(connection)] = connection
        connection.carry(request)
    }

    private func carry(_ request: ClientRequest, on connection: ClientConnection) {
        inUse[ObjectIdentifier(connection)] = connection
        connection.carry(request)
    }

    /// A connection has carried an exchange and may carry another one.
    func giveBack(_ connection: ClientConnection) {
        inUse[ObjectIdentifier(connection)] = nil
        switch pool.giveBack(connection, of: connection.origin) {
        case .carry(let request): carry(request, on: connection)
        case .close: connection.close()
        case .idle: startSweep()
        }
    }

    /// Opens a connection for the request of a lost one, in its place: one that others have used could fail it again, for
    /// good.
    func replace(_ connection: ClientConnection, for request: ClientRequest) {
        inUse[ObjectIdentifier(connection)] = nil
        connection.retire()
        open(connection.origin, for: request)
    }

    /// A connection that the pool has counted is gone.
    func didLose(_ connection: ClientConnection) {
        inUse[ObjectIdentifier(connection)] = nil
        if let next = pool.lose(connection, of: connection.origin) { open(next.origin, for: next.waiter) }
    }
}

// MARK: - Idle connections

extension HTTPClient {
    /// One timer looks at all idle connections while there are any.
    private func startSweep() {
        guard sweep == nil else { return }
        sweep = Deadline(after: Self.sweepInterval, on: loop, keepsLoopAlive: false) { [weak self] in
            self?.sweepIdle()
        }
    }

    private func sweepIdle() {
        sweep = nil
        for connection in pool.idle where connection.isIdleOver(at: loop.now) { connection.close() }
        if !pool.idle.isEmpty { startSweep() }
    }

    private static let sweepInterval: Duration = .seconds(1)
}
