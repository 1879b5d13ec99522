import CLibUV

/// How a server takes its connections.
///
/// libuv 1.44 asks the system for connections until there is none, even where each call fails, as when all descriptors are
/// in use: its loop hangs until the handle is closed. So a server has two handles with one socket: one keeps it, and one
/// listens and is given up when accepting fails. The next one is made a little later, with the descriptor that has become
/// free.
extension Server {
    enum Accepting {
        /// With the handle that takes connections from the system.
        case now(Handle)
        /// When it is time to try again.
        case later(Timeout)
    }

    private static let pause = Duration.milliseconds(100)

    /// Begins to accept connections at the address of `handle`.
    func startAccepting(at handle: Handle) throws(LoopError) {
        let isPipe = handle.raw.pointee.type == UV_NAMED_PIPE
        let acceptor = try isPipe ? Socket.makePipe(on: loop) : Socket.makeHandle(on: loop)
        do throws(LoopError) {
            try acceptor.shareSocket(of: handle)
            acceptor.owner = self
            if !isReferenced { acceptor.unref() }
            let status = uv_listen(acceptor.pointer(as: uv_stream_t.self), backlog) { @Sendable stream, status in
                guard let stream else { return }
                let handle = Handle.wrapper(of: stream)
                LoopActor.assumeIsolated { handle.owner(as: Server.self)?.didReceiveConnection(status) }
            }
            try LoopError.check(status, "uv_listen")
        } catch {
            acceptor.close()
            throw error
        }
        accepting = .now(acceptor)
    }

    func stopAccepting() {
        switch accepting.take() {
        case .now(let acceptor): acceptor.close()
        case .later(let timeout): timeout.cancel()
        case nil: break
        }
    }

    /// `uv_connection_cb`. Node 20's libuv accepts one connection an iteration, 1.44 all that wait. On one too many in
    /// an iteration libuv is left with the connection in its hand: it then stops listening until `uv_accept`.
    private func didReceiveConnection(_ status: Int32) {
        if status < 0 {
            didFailToAccept(LoopError(code: status, call: "uv_accept"))
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

    func accept() {
        guard case .now(let acceptor) = accepting else { return }
        if accepted.iteration != loop.iteration { accepted = (0, loop.iteration) }
        accepted.count += 1
        do throws(LoopError) {
            let isPipe = acceptor.raw.pointee.type == UV_NAMED_PIPE
            let connection = try isPipe ? Socket.makePipe(on: loop) : Socket.makeHandle(on: loop)
            let socket = Socket(on: loop)
            socket.adopt(connection)
            let status = uv_accept(acceptor.pointer(as: uv_stream_t.self), connection.pointer(as: uv_stream_t.self))
            if status < 0 { return socket.destroy(LoopError(code: status, call: "uv_accept")) }
            hasToldFailure = false
            socket.allowsHalfOpen = allowsHalfOpen
            socket.server = self
            connectionCount += 1
            if let handshakes { return secure(socket, by: handshakes) }
            loop.enter(.connection) {
                defer { socket.startReading() }
                try onConnection(socket)
            }
        } catch {
            didFailToAccept(error)
        }
    }

    /// Has the handshake done before the program gets the connection.
    private func secure(_ socket: Socket, by handshakes: Handshakes) {
        do throws(LoopError) {
            try handshakes.begin(with: socket) { [self] error in
                handshakeFailed(socket, error)
            } didOpen: { [self] in
                try onConnection(socket)
            }
        } catch {
            handshakeFailed(socket, error)
            socket.destroy(error)
        }
    }

    /// - Parameter socket: It is about to be closed, so its address is still known.
    private func handshakeFailed(_ socket: Socket, _ error: LoopError) {
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

// MARK: - Failures

extension Server {
    /// Gives up the handle that accepts, and tries again a little later; the clients wait in the system's queue.
    private func didFailToAccept(_ error: LoopError) {
        stopAccepting()
        tell(error)
        let timeout = loop.setTimeout(Self.pause) { [self] in retry() }
        if !isReferenced { timeout.unref() }
        accepting = .later(timeout)
    }

    private func retry() {
        guard let handle else { return }
        do throws(LoopError) { try startAccepting(at: handle) } catch { didFailToAccept(error) }
    }

    private func tell(_ error: LoopError) {
        if hasToldFailure { return }
        hasToldFailure = true
        loop.enter(.connection) {
            loop.nextTick { [self] in
                guard let onAcceptError else { return loop.warn(.acceptFailed(error)) }
                try onAcceptError(error)
            }
        }
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
