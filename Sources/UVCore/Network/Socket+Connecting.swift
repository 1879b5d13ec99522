import CLibUV

extension Socket {
    /// Opens a connection; `onConnect` is called when it is established.
    ///
    /// As in Node, nothing has happened when it returns: connecting begins in a tick. The addresses of a name are tried
    /// in the resolver's order, the families in turn; each one that has not answered within 250 ms goes on beside the
    /// next, eight at most, and the first that opens wins (RFC 8305). What is written before is kept and sent then. If
    /// no address answers, ``onError`` is called with the first one's failure, or it is an uncaught error.
    /// - Parameters:
    ///   - port: The port of the peer.
    ///   - host: An address in numbers or a name.
    ///   - family: Which of a name's addresses are tried. An address in numbers is tried whatever it is, as in Node.
    ///   - tls: What lies between the socket and the network; nil leaves it plain. The peer has to be `host`.
    ///   - onConnect: Called when the connection is established, with TLS when the handshake is finished.
    @discardableResult
    public static func connect(
        port: Int, host: String = "localhost", family: DNS.Family = .any, tls: (any SocketSecurity)? = nil,
        _ onConnect: @escaping () throws -> Void = {}
    ) -> Socket {
        connect(port: port, host: host, family: family, tls: tls) { _ in try onConnect() }
    }

    /// Opens a connection; `onConnect` is called with it when it is established. See
    /// ``connect(port:host:family:tls:_:)``.
    @discardableResult
    public static func connect(
        port: Int, host: String = "localhost", family: DNS.Family = .any, tls: (any SocketSecurity)? = nil,
        _ onConnect: @escaping (Socket) throws -> Void
    ) -> Socket {
        guard SocketAddress.isPort(port) else {
            return connecting { $0.fail(.invalid("uv_tcp_connect")) }
        }
        return connecting { socket throws(LoopError) in
            socket.state.layer = try tls?.layerForClient(of: host, port: port)
            if let address = SocketAddress(host: host, port: port) {
                socket.connect(toAnyOf: [address], onConnect)
            } else {
                socket.resolve(host, family, port, onConnect)
            }
        }
    }

    /// Opens a connection to the first of `addresses` that answers.
    static func connect(
        toAnyOf addresses: [SocketAddress], _ onConnect: @escaping (Socket) throws -> Void = { _ in }
    ) -> Socket {
        connecting { socket in socket.connect(toAnyOf: addresses, onConnect) }
    }

    private func connect(toAnyOf addresses: [SocketAddress], _ onConnect: @escaping (Socket) throws -> Void) {
        loop.nextTick { [self] in if isConnecting { try tryConnecting(to: addresses, onConnect) } }
    }

    /// A socket that is about to be connected. It has a handle from the start, whose closing is its end.
    static func connecting(
        _ make: @LoopActor (EventLoop) throws(LoopError) -> Handle = makeHandle,
        _ begin: (Socket) throws(LoopError) -> Void
    ) -> Socket {
        let socket = Socket(on: .current)
        socket.state.life = .connecting
        do throws(LoopError) {
            socket.adopt(try make(socket.loop))
            try begin(socket)
        } catch {
            socket.fail(error)
        }
        return socket
    }

    private func resolve(
        _ host: String, _ family: DNS.Family, _ port: Int, _ onConnect: @escaping (Socket) throws -> Void
    ) {
        DNS.resolve(host, family, on: loop) { [self] result in
            if loop.isExiting { return loopWillEnd() }
            loop.enter(.connect) {
                guard isConnecting else { return }
                switch result {
                case .success(let addresses):
                    try tryConnecting(to: addresses.compactMap { SocketAddress(host: $0.host, port: port) }, onConnect)
                case .failure(let error):
                    fail(error)
                }
            }
        }
    }

    private func tryConnecting(to addresses: [SocketAddress], _ onConnect: @escaping (Socket) throws -> Void) throws {
        let attempts = ConnectionAttempts(of: self, to: addresses) { [self] result in
            self.attempts = nil
            switch result {
            case .success(let open): try didConnect(open, onConnect)
            case .failure(let error): fail(error)
            }
        }
        self.attempts = attempts
        try attempts.tryNext()
    }

    func didConnect(_ open: Handle, _ onConnect: @escaping (Socket) throws -> Void) throws {
        if state.handle !== open {
            state.handle?.close()
            adopt(open)
        }
        applySettings()
        if let layer = state.layer { return self.open(layer) { [self] in try onConnect(self) } }
        guard sendFirst() else { return }
        updateReading()
        endIfRequested()
        // A program that has paused by now reads nothing at all until it resumes.
        defer { if state.input.flow != .paused { startReading() } }
        try onConnect(self)
    }

    /// Sends what was written before. This is the last part of connecting: if it finds the connection broken, connecting
    /// has failed.
    ///
    /// - Returns: Whether the socket is open now.
    func sendFirst() -> Bool {
        sendOutput(isFirst: true)
        if isDestroyed { return false }
        state.life = .open
        return true
    }

    func fail(_ error: LoopError) {
        guard !isDestroyed else { return }
        if onError == nil, extras?.reader == nil {
            loop.nextTick { [self] in if onError == nil { throw error } }
        }
        destroy(error)
    }
}
