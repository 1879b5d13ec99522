import CLibUV

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Sockets of this machine that have a name in the file system, instead of an address.
extension Socket {
    /// Opens a connection to the socket at `path`; `onConnect` is called when it is established.
    ///
    /// Connecting begins at once, as in Node. If nothing listens there ``onError`` is called, with `ENOENT` or
    /// `ECONNREFUSED`, or it is an uncaught error. Such a socket has no addresses.
    /// - Parameters:
    ///   - path: As long as the system allows, 107 bytes on Linux; a longer one fails with `EINVAL`.
    ///   - host: The name that TLS asks the peer's certificate for.
    ///   - tls: What lies between the socket and the network; nil leaves it plain. The peer has to be `host`.
    ///   - onConnect: Called when the connection is established.
    @discardableResult
    public static func connect(
        path: String, host: String = "localhost", tls: (any SocketSecurity)? = nil,
        _ onConnect: @escaping () throws -> Void = {}
    ) -> Socket {
        connecting(makePipe) { socket throws(LoopError) in
            socket.state.layer = try tls?.layerForClient(of: host, path: path)
            try socket.connect(toPath: path, onConnect)
        }
    }

    private func connect(toPath path: String, _ onConnect: @escaping () throws -> Void) throws(LoopError) {
        guard let handle = state.handle, Self.isPath(path) else { throw .invalid("uv_pipe_connect") }
        try Request.start(UV_CONNECT, "uv_pipe_connect") { raw in
            uv_pipe_connect(
                raw.assumingMemoryBound(to: uv_connect_t.self), handle.pointer(as: uv_pipe_t.self), path
            ) { @Sendable request, status in Request.finish(request, status) }
            return 0
        } done: { [self] _, status in
            loop.enter(.connect) {
                guard isConnecting else { return }
                if status < 0 { return fail(LoopError(code: status, call: "uv_pipe_connect")) }
                try didConnect(handle) { _ in try onConnect() }
            }
        }
    }

    /// Whether the system takes the name whole: libuv before 1.46 cuts it.
    static func isPath(_ path: String) -> Bool {
        path.isWholeInC && (1..<MemoryLayout.size(ofValue: sockaddr_un().sun_path)).contains(path.utf8.count)
    }

    static func makePipe(on loop: EventLoop) throws(LoopError) -> Handle {
        if loop.hasEnded { throw .cancelled("uv_pipe_init") }
        return try Handle(
            UV_NAMED_PIPE, initialize: { uv_pipe_init(loop.raw, $0.assumingMemoryBound(to: uv_pipe_t.self), 0) },
            call: "uv_pipe_init")
    }
}
