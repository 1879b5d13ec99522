import CLibUV

/// A server of TCP or of a socket of the file system, as Node's `net.Server`.
///
/// ```swift
/// Server { socket in socket.end("hello\n") }.listen(port: 7000)
/// ```
@LoopActor
public final class Server: HandleOwner {
    /// Called when listening fails or accepting breaks. Without it such an error is an uncaught error.
    public var onError: ((LoopError) throws -> Void)?

    /// Called, in a tick, when a connection has ended before both ends agreed, as Node's `tlsClientError`: with why, and
    /// the peer's address if it is still known. The connection is gone; the program has not had it.
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
    public private(set) var connectionCount = 0

    private var onConnection: (Socket) throws -> Void

    /// The accepted sockets that agree on what lies between them and the network; nil where nothing does.
    let handshakes: Handshakes?
    let loop = EventLoop.current
    var handle: Handle?
    /// The callbacks that wait for the server to listen, and for all to be closed, in their order.
    var onListening: [() throws -> Void] = []
    private var onClosed: [() throws -> Void] = []
    var isReferenced = true

    /// Counts `listen` and `close`: of several `listen` before it has begun the last one counts, and `close` calls it
    /// off.
    var attempt = 0

    /// The last iteration in which connections were accepted, and how many.
    private var accepted = (count: 0, iteration: UInt64(0))

    /// - Parameters:
    ///   - tls: What lies between the accepted sockets and the network; nil leaves them plain.
    ///   - onConnection: Called with each accepted connection, with `tls` when both ends have agreed.
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
        handle?.ref()
    }

    /// Lets the loop end although the server listens.
    public func unref() {
        isReferenced = false
        handle?.unref()
    }

    private var tcp: UnsafeMutablePointer<uv_tcp_t>? {
        guard let handle, handle.isOpen, handle.raw.pointee.type == UV_TCP else { return nil }
        return handle.pointer(as: uv_tcp_t.self)
    }
}

// MARK: - Accepting

extension Server {
    /// `uv_connection_cb`. Node 20's libuv accepts one connection an iteration, 1.44 all that wait. On one too many in
    /// an iteration libuv is left with the connection in its hand: it then stops listening until `uv_accept`.
    func didReceiveConnection(_ status: Int32) {
        if status < 0 {
            fail(LoopError(code: status, call: "uv_accept"))
        } else if accepted.iteration == loop.iteration, accepted.count >= acceptsPerTurn {
            loop.state.parkedServers.append(self)
        } else {
            acceptUnlessBehind()
        }
    }

    /// Accepts, or waits for another iteration while handshakes wait for their turn.
    fileprivate func acceptUnlessBehind() {
        if let handshakes, handshakes.isBehind { loop.state.parkedServers.append(self) } else { accept() }
    }

    private func accept() {
        guard let handle, handle.isOpen else { return }
        if accepted.iteration != loop.iteration { accepted = (0, loop.iteration) }
        accepted.count += 1
        do throws(LoopError) {
            let isPipe = handle.raw.pointee.type == UV_NAMED_PIPE
            let connection = try isPipe ? Socket.makePipe(on: loop) : Socket.makeHandle(on: loop)
            let socket = Socket(on: loop)
            socket.adopt(connection)
            let status = uv_accept(handle.pointer(as: uv_stream_t.self), connection.pointer(as: uv_stream_t.self))
            if status < 0 { return socket.destroy(LoopError(code: status, call: "uv_accept")) }
            socket.allowsHalfOpen = allowsHalfOpen
            socket.server = self
            connectionCount += 1
            if let handshakes { return secure(socket, by: handshakes) }
            loop.enter(.connection) {
                defer { socket.startReading() }
                try onConnection(socket)
            }
        } catch {
            fail(error)
        }
    }

    /// Lets the two ends agree before the program gets the connection.
    private func secure(_ socket: Socket, by handshakes: Handshakes) {
        do throws(LoopError) {
            try handshakes.begin(with: socket) { [self] error in
                didFailToAgree(socket, error)
            } didOpen: { [self] in
                try onConnection(socket)
            }
        } catch {
            didFailToAgree(socket, error)
            socket.destroy(error)
        }
    }

    /// - Parameter socket: It is about to be closed, so its address is still known.
    private func didFailToAgree(_ socket: Socket, _ error: LoopError) {
        guard onHandshakeError != nil else { return }
        let address = socket.remoteAddress
        loop.nextTick { [self] in
            loop.contain("onHandshakeError") { try onHandshakeError?(error, address) }
        }
    }

    func didLoseConnection() {
        connectionCount -= 1
        callOnClosedIfDrained()
    }
}

extension EventLoop {
    /// Accepts what was held back in the last iteration, one connection a server, but of those whose handshakes wait.
    /// Returns whether there was any: more may wait then, and the poll must not block.
    func acceptParked() -> Bool {
        guard !state.parkedServers.isEmpty else { return false }
        let servers = state.parkedServers
        state.parkedServers.removeAll(keepingCapacity: true)
        for server in servers { server.acceptUnlessBehind() }
        return true
    }
}

// MARK: - Closing

extension Server {
    /// Stops accepting, and ends the connections that are still agreeing; `onClosed` is called, in a tick, when all others
    /// are gone too.
    public func close(_ onClosed: @escaping () throws -> Void = {}) {
        close { (_: LoopError?) in try onClosed() }
    }

    /// Stops accepting; `onClosed` is called, in a tick, when all connections are gone too: with an error (`ENOTCONN`)
    /// if the server was not listening, which it is not before a tick after `listen`, either.
    public func close(_ onClosed: @escaping (LoopError?) throws -> Void) {
        let error = isListening ? nil : LoopError.notConnected("uv_close")
        attempt &+= 1
        self.onClosed.append { try onClosed(error) }
        handle?.close()
        handle = nil
        handshakes?.destroyAll()
        callOnClosedIfDrained()
    }

    /// Stops accepting and leaves all connections as they are, also those that still agree. The one that libuv has taken
    /// from the system, if there is one, is accepted: no other process that listens with the socket would get it.
    package func stopListening() {
        if let index = loop.state.parkedServers.firstIndex(where: { $0 === self }) {
            loop.state.parkedServers.remove(at: index)
            accept()
        }
        handle?.close()
        handle = nil
    }

    func loopWillEnd() {
        handle?.close()
        handle = nil
        (onError, onHandshakeError) = (nil, nil)
        onListening.removeAll()
        onClosed.removeAll()
    }

    /// One tick for each time that the last thing has gone, as Node's `_emitCloseIfDrained`.
    private func callOnClosedIfDrained() {
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
