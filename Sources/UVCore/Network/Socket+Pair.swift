import CLibUV

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension Socket {
    /// Opens a connection within this process, that has no address: `accept` gets its other end, in a tick, and then
    /// `onConnect` is called. See `uv_socketpair`.
    package static func connect(
        toEndOf accept: @escaping (Socket) throws -> Void, _ onConnect: @escaping () throws -> Void
    ) -> Socket {
        connecting(makePipe) { socket throws(LoopError) in
            guard let handle = socket.state.handle else { throw .invalid("uv_socketpair") }
            let other = Socket(on: socket.loop)
            let otherHandle = try makePipe(on: socket.loop)
            other.adopt(otherHandle)
            do throws(LoopError) {
                try openPair(handle, otherHandle)
            } catch {
                other.destroy()
                throw error
            }
            socket.loop.nextTick {
                if !other.isDestroyed {
                    defer { other.startReading() }
                    try accept(other)
                }
            }
            socket.loop.nextTick {
                if socket.isConnecting { try socket.didConnect(handle) { _ in try onConnect() } }
            }
        }
    }

    /// Makes the two handles the ends of a connection.
    private static func openPair(_ one: Handle, _ other: Handle) throws(LoopError) {
        var ends: [uv_os_sock_t] = [-1, -1]
        #if canImport(Glibc)
            let type = Int32(SOCK_STREAM.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        try LoopError.check(uv_socketpair(type, 0, &ends, 0, 0), "uv_socketpair")
        for (place, handle) in [one, other].enumerated() {
            let status = uv_pipe_open(handle.pointer(as: uv_pipe_t.self), ends[place])
            if status < 0 {
                for end in ends[place...] { close(end) }
                throw LoopError(code: status, call: "uv_pipe_open")
            }
        }
    }
}
