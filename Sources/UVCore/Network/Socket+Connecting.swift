import CLibUV

extension Socket {
    /// Opens a connection; `onConnect` is called when it is established.
    ///
    /// The addresses of a name are tried one after another. What is written before is kept and sent then. If no address
    /// answers, ``onError`` is called with the last one's failure, or it is an uncaught error.
    /// - Parameter host: An address in numbers or a name.
    @discardableResult
    public static func connect(
        port: Int, host: String = "localhost", _ onConnect: @escaping () throws -> Void = {}
    ) -> Socket {
        let socket = Socket(on: .current)
        socket.isConnecting = true
        if !SocketAddress.isPort(port) {
            socket.fail(.invalid("uv_tcp_connect"))
        } else if let address = SocketAddress(host: host, port: port) {
            socket.tryConnecting(to: [address][...], onConnect)
        } else {
            let loop = socket.loop
            DNS.resolve(host, on: loop) { result in
                if loop.isExiting { return socket.loopWillEnd() }
                loop.enter { socket.didResolve(result, port, onConnect) }
            }
        }
        return socket
    }

    private func didResolve(
        _ result: Result<[SocketAddress], LoopError>, _ port: Int, _ onConnect: @escaping () throws -> Void
    ) {
        switch result {
        case .success(let addresses):
            tryConnecting(to: addresses.compactMap { SocketAddress(host: $0.host, port: port) }[...], onConnect)
        case .failure(let error):
            fail(error)
        }
    }

    /// Tries the first address, and on failure the rest. A handle that has failed cannot be used again.
    private func tryConnecting(to addresses: ArraySlice<SocketAddress>, _ onConnect: @escaping () throws -> Void) {
        guard let address = addresses.first, !isDestroyed else { return }
        do throws(LoopError) {
            let handle = try Socket.makeHandle(on: loop)
            adopt(handle)
            try Request.start(UV_CONNECT, "uv_tcp_connect") { raw in
                address.withRaw { address in
                    uv_tcp_connect(
                        raw.assumingMemoryBound(to: uv_connect_t.self), handle.pointer(as: uv_tcp_t.self), address
                    ) { @Sendable request, status in Request.finish(request, status) }
                }
            } done: { [self] _, status in
                loop.enter {
                    if status < 0 {
                        didFailToConnect(
                            LoopError(code: status, call: "uv_tcp_connect"), addresses.dropFirst(), onConnect)
                    } else {
                        try didConnect(onConnect)
                    }
                }
            }
        } catch {
            didFailToConnect(error, addresses.dropFirst(), onConnect)
        }
    }

    private func didConnect(_ onConnect: () throws -> Void) throws {
        guard !isDestroyed else { return }
        isConnecting = false
        updateReading()
        sendOutput()
        endIfRequested()
        // What was written before may have met a broken connection.
        if !isDestroyed { try onConnect() }
    }

    private func didFailToConnect(
        _ error: LoopError, _ rest: ArraySlice<SocketAddress>, _ onConnect: @escaping () throws -> Void
    ) {
        guard !isDestroyed else { return }
        if rest.isEmpty { return fail(error) }
        handle?.close()
        handle = nil
        tryConnecting(to: rest, onConnect)
    }

    private func fail(_ error: LoopError) {
        guard !isDestroyed else { return }
        if onError == nil { loop.nextTick { [self] in if onError == nil { throw error } } }
        destroy(error)
    }
}
