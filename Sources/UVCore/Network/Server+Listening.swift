import CLibUV

extension Server {
    /// Starts to accept connections.
    ///
    /// As in Node, nothing has happened when it returns: the address is resolved first, if only in a tick, and the
    /// server listens from then on. `onListening` is called in the tick after that, and so is ``onError`` if it fails.
    /// A server that listens already fails with `EALREADY`; of two calls before it does, the second one counts.
    /// - Parameters:
    ///   - port: 0 lets the system choose; see ``address``.
    ///   - host: An address in numbers, or a name whose first address is taken.
    ///   - backlog: How many connections the system keeps ready. See `uv_listen`.
    ///   - onListening: Called when clients can connect.
    @discardableResult
    public func listen(
        port: Int, host: String = "127.0.0.1", backlog: Int = 511, _ onListening: @escaping () throws -> Void = {}
    ) -> Server {
        if isListening {
            fail(LoopError(.alreadyInProgress, call: "uv_listen"))
        } else if !SocketAddress.isPort(port) {
            fail(.invalid("uv_tcp_bind"))
        } else {
            attempt &+= 1
            self.onListening.append(onListening)
            resolve(host, port) { [self] address in open(address, backlog) }
        }
        return self
    }

    /// Starts to accept connections; `onListening` is called with the server.
    ///
    /// ```swift
    /// Server { socket in socket.end("hello\n") }.listen(port: 0) { server in
    ///     print("listening on \(server.address?.port ?? 0)")
    /// }
    /// ```
    @discardableResult
    public func listen(
        port: Int, host: String = "127.0.0.1", backlog: Int = 511, _ onListening: @escaping (Server) throws -> Void
    ) -> Server {
        listen(port: port, host: host, backlog: backlog) { [self] in try onListening(self) }
    }

    /// Starts to accept connections at a Unix domain socket, at once; `onListening` is called in a tick, and so is
    /// ``onError`` if it fails.
    ///
    /// As in Node the file is gone when the server is closed, and one that a server has left which was killed is in the
    /// way (`EADDRINUSE`): remove it first if you know that it is yours. Its permissions, as those of its folder, decide
    /// which users may connect. See `uv_pipe_bind`.
    /// - Parameters:
    ///   - path: As long as the system allows, 107 bytes on Linux; a longer one fails with `EINVAL`.
    ///   - backlog: How many connections the system keeps ready. See `uv_listen`.
    ///   - onListening: Called when clients can connect.
    @discardableResult
    public func listen(
        path: String, backlog: Int = 511, _ onListening: @escaping () throws -> Void = {}
    ) -> Server {
        listen(onListening) { [self] () throws(LoopError) in
            guard Socket.isPath(path) else { throw .invalid("uv_pipe_bind") }
            try open(Socket.makePipe(on: loop), backlog) { handle throws(LoopError) in
                try LoopError.check(uv_pipe_bind(handle.pointer(as: uv_pipe_t.self), path), "uv_pipe_bind")
            }
        }
    }

    /// Starts to accept connections with a socket that this process was given, which has its address, at once; otherwise
    /// as `listen`. It belongs to the server from here on. See `uv_tcp_open`.
    @discardableResult
    package func listen(
        descriptor: Int32, backlog: Int = 511, _ onListening: @escaping () throws -> Void = {}
    ) -> Server {
        listen(onListening) { [self] () throws(LoopError) in
            try open(Socket.makeHandle(on: loop), backlog) { handle throws(LoopError) in
                try LoopError.check(uv_tcp_open(handle.pointer(as: uv_tcp_t.self), descriptor), "uv_tcp_open")
            }
        }
    }

    /// Listens where no name has to be looked up: what `open` opens.
    private func listen(
        _ onListening: @escaping () throws -> Void, _ open: () throws(LoopError) -> Void
    ) -> Server {
        guard !isListening else {
            fail(LoopError(.alreadyInProgress, call: "uv_listen"))
            return self
        }
        attempt &+= 1
        self.onListening.append(onListening)
        do throws(LoopError) { try open() } catch { fail(error) }
        return self
    }

    /// Numbers need no resolver, but take their tick all the same.
    private func resolve(_ host: String, _ port: Int, _ found: @escaping (SocketAddress) -> Void) {
        let attempt = attempt
        if let address = SocketAddress(host: host, port: port) {
            return loop.nextTick { [self] in if attempt == self.attempt { found(address) } }
        }
        DNS.lookup(host) { [self] result in
            guard attempt == self.attempt else { return }
            switch result {
            case .success(let addresses):
                if let address = SocketAddress(host: addresses[0].host, port: port) { found(address) }
            case .failure(let error):
                fail(error)
            }
        }
    }

    private func open(_ address: SocketAddress, _ backlog: Int) {
        do throws(LoopError) {
            try open(Socket.makeHandle(on: loop), backlog) { handle throws(LoopError) in
                let tcp = handle.pointer(as: uv_tcp_t.self)
                try LoopError.check(address.withRaw { uv_tcp_bind(tcp, $0, 0) }, "uv_tcp_bind")
                // Of an address in use libuv tells not before that.
                try LoopError.check(SocketAddress.status(of: tcp), "uv_listen")
            }
        } catch {
            fail(error.at(address))
        }
    }

    /// Listens with a handle that `bind` gives its place.
    private func open(
        _ handle: Handle, _ backlog: Int, _ bind: (Handle) throws(LoopError) -> Void
    ) throws(LoopError) {
        handle.owner = self
        self.handle = handle
        self.backlog = Int32(clamping: backlog)
        hasToldFailure = false
        do throws(LoopError) {
            try bind(handle)
            try startAccepting(at: handle)
            loop.nextTick { [self] in if isListening { try callEach(\.onListening) } }
        } catch {
            closeHandles()
            throw error
        }
    }

    func fail(_ error: LoopError) {
        loop.nextTick { [self] in
            guard let onError else { throw error }
            try onError(error)
        }
    }
}
