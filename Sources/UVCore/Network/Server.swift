import CLibUV

/// A server of TCP or of a Unix domain socket, as Node's `net.Server`.
///
/// ```swift
/// Server { socket in socket.end("hello\n") }.listen(port: 7000)
/// ```
@LoopActor
public final class Server: HandleOwner {
    /// Called when listening fails. Without it such an error is an uncaught error.
    public var onError: ((LoopError) throws -> Void)?

    /// Called, in a tick, when a connection cannot be accepted, as when the process or the system has no descriptor left,
    /// and not again before one could be. The server goes on: it tries again every tenth of a second. Without a handler the
    /// error is a warning; see ``EventLoop/onWarning``.
    public var onAcceptError: ((LoopError) throws -> Void)?

    /// Called, in a tick, when a connection has ended before its handshake was finished, as Node's `tlsClientError`:
    /// with why, and the peer's address if it is still known. The connection is gone; the program has not had it.
    ///
    /// How often it is called is up to the peers. What it throws goes to ``EventLoop/onUncaughtError``, else to standard
    /// error, and the server goes on.
    public var onHandshakeError: ((LoopError, SocketAddress?) throws -> Void)?

    /// Whether accepted sockets stay open when the peer has ended its side.
    public var allowsHalfOpen = false

    /// How many connections are accepted in one turn of the loop, at most. With 1, as in Node, a crowd of new clients
    /// does not hold up those that are connected; with more, a new client does not wait for a turn of all the others
    /// for each one before it.
    ///
    /// libuv from 1.46 on has one connection a turn for a server, whatever this says.
    public var acceptsPerTurn = 1

    /// Connections that are open.
    public internal(set) var connectionCount = 0

    var onConnection: (Socket) throws -> Void

    /// The handshakes of accepted sockets; nil where nothing lies between them and the network.
    let handshakes: Handshakes?
    let loop = EventLoop.current
    /// What has the address, as long as the server listens.
    var handle: Handle?
    var accepting: Accepting?
    /// How many connections the system keeps ready.
    var backlog: Int32 = 0
    /// Whether a failure was told since a connection was accepted.
    var hasToldFailure = false
    /// The callbacks that wait for the server to listen, and for all to be closed, in their order.
    var onListening: [() throws -> Void] = []
    private var onClosed: [() throws -> Void] = []
    var isReferenced = true

    /// Counts `listen` and `close`: of several `listen` before it has begun the last one counts, and `close` calls it
    /// off.
    var attempt = 0

    /// The last iteration in which connections were accepted, and how many.
    var accepted = (count: 0, iteration: UInt64(0))

    /// - Parameters:
    ///   - tls: What lies between the accepted sockets and the network; nil leaves them plain.
    ///   - onConnection: Called with each accepted connection, with `tls` when the handshake is finished.
    public init(tls: (any SocketSecurity)? = nil, _ onConnection: @escaping (Socket) throws -> Void) {
        self.onConnection = onConnection
        handshakes = tls.map { Handshakes(by: $0, on: .current) }
    }

    /// - Parameters:
    ///   - tls: What lies between the accepted sockets and the network; nil leaves them plain.
    ///   - onConnection: Called with each accepted connection and the server.
    public convenience init(
        tls: (any SocketSecurity)? = nil, _ onConnection: @escaping (Socket, Server) throws -> Void
    ) {
        self.init(tls: tls) { _ in }
        self.onConnection = { [unowned self] socket in try onConnection(socket, self) }
    }

    /// Where the server listens: with port 0 the port that the system chose. Nil when it does not listen, or at a path.
    public var address: SocketAddress? {
        tcp.flatMap { SocketAddress.of($0, uv_tcp_getsockname) }
    }

    /// Whether it accepts connections.
    public var isListening: Bool { handle?.isOpen ?? false }

    /// Lets the server keep the loop alive (again).
    public func ref() {
        isReferenced = true
        switch accepting {
        case .now(let acceptor): acceptor.ref()
        case .later(let timeout): timeout.ref()
        case nil: break
        }
    }

    /// Lets the loop end although the server listens.
    public func unref() {
        isReferenced = false
        switch accepting {
        case .now(let acceptor): acceptor.unref()
        case .later(let timeout): timeout.unref()
        case nil: break
        }
    }

    private var tcp: UnsafeMutablePointer<uv_tcp_t>? {
        guard let handle, handle.isOpen, handle.raw.pointee.type == UV_TCP else { return nil }
        return handle.pointer(as: uv_tcp_t.self)
    }
}

// MARK: - Closing

extension Server {
    /// Stops accepting, and ends the connections whose handshake is not finished; `onClosed` is called, in a tick, when all
    /// others are gone too.
    public func close(_ onClosed: @escaping () throws -> Void = {}) {
        close { (_: LoopError?) in try onClosed() }
    }

    /// Stops accepting; `onClosed` is called, in a tick, when all connections are gone too: with an error (`ENOTCONN`)
    /// if the server was not listening, which it is not before a tick after `listen`, either.
    public func close(_ onClosed: @escaping (LoopError?) throws -> Void) {
        let error = isListening ? nil : LoopError.notConnected("uv_close")
        attempt &+= 1
        self.onClosed.append { try onClosed(error) }
        closeHandles()
        handshakes?.destroyAll()
        callOnClosedIfDrained()
    }

    /// Stops accepting and leaves all connections as they are, also those whose handshake is not finished. The one that
    /// libuv has taken from the system, if there is one, is accepted: no other process that listens with the socket would
    /// get it.
    package func stopListening() {
        if let index = loop.state.parkedServers.firstIndex(where: { $0 === self }) {
            loop.state.parkedServers.remove(at: index)
            accept()
        }
        closeHandles()
    }

    func loopWillEnd() {
        closeHandles()
        (onError, onAcceptError, onHandshakeError) = (nil, nil, nil)
        onListening.removeAll()
        onClosed.removeAll()
    }

    func closeHandles() {
        stopAccepting()
        handle?.close()
        handle = nil
    }

    /// One tick for each time that the last thing has gone, as Node's `_emitCloseIfDrained`.
    func callOnClosedIfDrained() {
        guard handle == nil, connectionCount == 0 else { return }
        loop.nextTick { [self] in try callEach(\.onClosed) }
    }

    /// Calls those that wait and takes each out before its call, as `emit` does with `once` listeners: those behind one
    /// that throws stay for the next time.
    func callEach(_ waiting: ReferenceWritableKeyPath<Server, [() throws -> Void]>) throws {
        for _ in 0..<self[keyPath: waiting].count where !self[keyPath: waiting].isEmpty {
            let callback = self[keyPath: waiting].removeFirst()
            try callback()
        }
    }
}
