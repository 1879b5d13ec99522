import CLibUV

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// What a standard stream of this process is to the loop: a connection, where it can be one, or else a file.
@LoopActor
enum StandardHandle {
    /// A terminal, a pipe or a socket.
    case stream(Socket)
    /// Anything else: a file, a device.
    case file(uv_file)

    static let (reading, writing) = (O_RDONLY, O_WRONLY)

    static func isTerminal(_ descriptor: Int32) -> Bool { uv_guess_handle(descriptor) == UV_TTY }

    /// - Parameter ways: `O_RDONLY` or `O_WRONLY`.
    static func open(_ descriptor: Int32, _ ways: Int32) throws(LoopError) -> StandardHandle {
        switch uv_guess_handle(descriptor) {
        case UV_TTY: .stream(try terminal(descriptor))
        case UV_NAMED_PIPE, UV_TCP: .stream(try connection(descriptor, ways))
        default: .file(descriptor)
        }
    }

    /// libuv opens the terminal anew, so that what shares it does not become one that never blocks.
    private static func terminal(_ descriptor: Int32) throws(LoopError) -> Socket {
        let loop = EventLoop.current
        let handle = try Handle(
            UV_TTY,
            initialize: { uv_tty_init(loop.raw, $0.assumingMemoryBound(to: uv_tty_t.self), descriptor, 0) },
            call: "uv_tty_init")
        let socket = Socket(on: loop)
        socket.adopt(handle)
        return socket
    }

    private static func connection(_ descriptor: Int32, _ ways: Int32) throws(LoopError) -> Socket {
        let own = own(descriptor, ways)
        let socket = try Socket.pipe(on: .current)
        guard let handle = socket.state.handle else { throw .invalid("uv_pipe_open") }
        let status = uv_pipe_open(handle.pointer(as: uv_pipe_t.self), own.descriptor)
        if status < 0 {
            socket.destroy()
            systemClose(own.descriptor)
            throw LoopError(code: status, call: "uv_pipe_open")
        }
        socket.state.life = .open
        if own.isShared { socket.makeExtras().didClose = { _ = fcntl(descriptor, F_SETFL, own.flags) } }
        return socket
    }

    /// A descriptor of the loop's own. Not to block belongs to what was opened, and the programs that were started with
    /// the same pipe share that; so the pipe is opened anew where the system can (`man 5 proc`), and otherwise it is given
    /// back as it was.
    private static func own(
        _ descriptor: Int32, _ ways: Int32
    ) -> (descriptor: Int32, isShared: Bool, flags: Int32) {
        let flags = fcntl(descriptor, F_GETFL)
        let anew = systemOpen("/proc/self/fd/\(descriptor)", ways | O_NONBLOCK | O_CLOEXEC)
        if anew >= 0 { return (anew, false, flags) }
        return (fcntl(descriptor, F_DUPFD_CLOEXEC, 3), true, flags)
    }
}

private func systemOpen(_ path: String, _ flags: Int32) -> Int32 { open(path, flags) }

private func systemClose(_ descriptor: Int32) { _ = close(descriptor) }
