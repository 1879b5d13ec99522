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
    @discardableResult
    public func listen(
        port: Int, host: String = "127.0.0.1", backlog: Int = 511, _ onListening: @escaping () throws -> Void = {}
    ) -> Server {
        if isListening {
            fail(LoopError(code: UV_EALREADY.rawValue, call: "uv_listen"))
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
            loop.nextTick { [self] in if isListening { try callEach(\.onListening) } }
        } catch {
            handle?.close()
            handle = nil
            fail(error.at(address))
        }
    }

    func fail(_ error: LoopError) {
        loop.nextTick { [self] in
            guard let onError else { throw error }
            try onError(error)
        }
    }
}
