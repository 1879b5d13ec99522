import CLibUV

/// A TCP server, as Node's `net.Server`.
///
/// ```swift
/// Server { socket in socket.end("hello\n") }.listen(port: 7000)
/// ```
@LoopActor
public final class Server: HandleOwner {
    /// Called when listening fails or accepting breaks. Without it such an error is an uncaught error.
    public var onError: ((LoopError) throws -> Void)?

    /// Whether accepted sockets stay open when the peer has ended its side.
    public var allowsHalfOpen = false

    /// Connections that are open.
    public private(set) var connectionCount = 0

    private let onConnection: (Socket) throws -> Void
    private let loop = EventLoop.current
    private var handle: Handle?
    private var onClosed: [() throws -> Void] = []
    private var isReferenced = true

    /// Counts `listen` and `close`, so that a name found too late is dropped.
    private var attempt = 0

    /// The iteration in which a connection was last accepted.
    private var acceptedIn: UInt64 = 0

    /// - Parameter onConnection: Called with each accepted connection.
    public init(_ onConnection: @escaping (Socket) throws -> Void) {
        self.onConnection = onConnection
    }

    /// Where the server listens: with port 0 the port that the system chose. Nil when it does not listen.
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
        guard let handle, handle.isOpen else { return nil }
        return handle.pointer(as: uv_tcp_t.self)
    }
}

// MARK: - Listening

extension Server {
    /// Starts to accept connections; `onListening` is called in a tick, and so is ``onError`` if it fails: with
    /// `EALREADY` when the server listens already.
    ///
    /// - Parameters:
    ///   - port: 0 lets the system choose; see ``address``.
    ///   - host: An address in numbers, or a name whose first address is taken.
    ///   - backlog: How many connections the system keeps ready. See `uv_listen`.
    @discardableResult
    public func listen(
        port: Int, host: String = "127.0.0.1", backlog: Int = 511, _ onListening: @escaping () throws -> Void = {}
    ) -> Server {
        attempt &+= 1
        if isListening {
            fail(LoopError(code: UV_EALREADY.rawValue, call: "uv_listen"))
        } else if !SocketAddress.isPort(port) {
            fail(.invalid("uv_tcp_bind"))
        } else if let address = SocketAddress(host: host, port: port) {
            open(address, backlog, onListening)
        } else {
            DNS.lookup(host) { [self, attempt] result in
                guard attempt == self.attempt else { return }
                switch result {
                case .success(let addresses):
                    if let address = SocketAddress(host: addresses[0].host, port: port) {
                        open(address, backlog, onListening)
                    }
                case .failure(let error):
                    fail(error)
                }
            }
        }
        return self
    }

    private func open(_ address: SocketAddress, _ backlog: Int, _ onListening: @escaping () throws -> Void) {
        do throws(LoopError) {
            let handle = try Socket.makeHandle(on: loop)
            handle.owner = self
            if !isReferenced { handle.unref() }
            self.handle = handle
            let tcp = handle.pointer(as: uv_tcp_t.self)
            try LoopError.check(address.withRaw { uv_tcp_bind(tcp, $0, 0) }, "uv_tcp_bind")
            let stream = handle.pointer(as: uv_stream_t.self)
            let status = uv_listen(stream, Int32(clamping: backlog)) { @Sendable stream, status in
                guard let stream else { return }
                let handle = Handle.wrapper(of: stream)
                LoopActor.assumeIsolated { handle.owner(as: Server.self)?.didReceiveConnection(status) }
            }
            try LoopError.check(status, "uv_listen")
            loop.nextTick { [self] in if isListening { try onListening() } }
        } catch {
            handle?.close()
            handle = nil
            fail(error)
        }
    }

    private func fail(_ error: LoopError) {
        loop.nextTick { [self] in
            guard let onError else { throw error }
            try onError(error)
        }
    }
}

// MARK: - Accepting

extension Server {
    /// `uv_connection_cb`. Node 20's libuv accepts one connection an iteration, 1.44 all that wait. On a second one in
    /// an iteration libuv is left with the connection in its hand: it then stops listening until `uv_accept`.
    private func didReceiveConnection(_ status: Int32) {
        if status < 0 {
            fail(LoopError(code: status, call: "uv_accept"))
        } else if acceptedIn == loop.iteration {
            loop.parkedServers.append(self)
        } else {
            accept()
        }
    }

    fileprivate func accept() {
        guard let handle, handle.isOpen else { return }
        acceptedIn = loop.iteration
        do throws(LoopError) {
            let connection = try Socket.makeHandle(on: loop)
            let socket = Socket(on: loop)
            socket.adopt(connection)
            let status = uv_accept(handle.pointer(as: uv_stream_t.self), connection.pointer(as: uv_stream_t.self))
            if status < 0 { return socket.destroy(LoopError(code: status, call: "uv_accept")) }
            socket.allowsHalfOpen = allowsHalfOpen
            socket.server = self
            connectionCount += 1
            loop.enter {
                defer { socket.updateReading() }
                try onConnection(socket)
            }
        } catch {
            fail(error)
        }
    }

    func didLoseConnection() {
        connectionCount -= 1
        callOnClosedIfEmpty()
    }
}

extension EventLoop {
    /// Accepts what was held back in the last iteration, one connection a server.
    func acceptParked() {
        guard !parkedServers.isEmpty else { return }
        let servers = parkedServers
        parkedServers.removeAll(keepingCapacity: true)
        for server in servers { server.accept() }
    }
}

// MARK: - Closing

extension Server {
    /// Stops accepting; `onClosed` is called, in a tick, when all connections are gone too.
    public func close(_ onClosed: @escaping () throws -> Void = {}) {
        close { (_: LoopError?) in try onClosed() }
    }

    /// Stops accepting; `onClosed` is called, in a tick, when all connections are gone too: with an error (`ENOTCONN`)
    /// if the server was not listening.
    public func close(_ onClosed: @escaping (LoopError?) throws -> Void) {
        let error = isListening ? nil : LoopError.notConnected("uv_close")
        attempt &+= 1
        self.onClosed.append { try onClosed(error) }
        handle?.close()
        handle = nil
        callOnClosedIfEmpty()
    }

    func loopWillEnd() {
        handle?.close()
        handle = nil
        onError = nil
        onClosed.removeAll()
    }

    private func callOnClosedIfEmpty() {
        guard handle == nil, connectionCount == 0 else { return }
        for closed in onClosed { loop.nextTick(closed) }
        onClosed.removeAll()
    }
}
