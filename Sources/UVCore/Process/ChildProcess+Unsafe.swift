import CLibUV

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension ChildProcess {
    /// `uv_spawn`.
    ///
    /// - Parameters:
    ///   - streams: The three standard streams, with a socket for each that is a pipe.
    ///   - channel: The next one, both ways.
    static func spawn(
        _ command: Command, _ streams: [(Stream, Socket?)], channel: Socket?, on loop: EventLoop
    ) throws(LoopError) -> Handle {
        let variables = command.variables
        let texts = command.words + (variables ?? []) + (command.folder.map { [$0] } ?? [])
        guard texts.allSatisfy(\.isWholeInC) else { throw .invalid("uv_spawn") }
        return try withCStrings(command.words) { words throws(LoopError) in
            try withCStrings(variables ?? []) { environment throws(LoopError) in
                try withCStrings(command.folder.map { [$0] } ?? []) { folder throws(LoopError) in
                    var options = uv_process_options_t()
                    options.file = UnsafePointer(words[0])
                    options.args = words
                    options.env = variables == nil ? nil : environment
                    options.cwd = UnsafePointer(folder[0])
                    if command.options.isApart { options.flags = UV_PROCESS_DETACHED.rawValue }
                    let more =
                        (channel.flatMap { created($0, UV_READABLE_PIPE, UV_WRITABLE_PIPE) }.map { [$0] } ?? [])
                        + command.options.descriptors.map(inherited)
                    return try spawn(options, streams.enumerated().map { container(Int32($0), $1) } + more, on: loop)
                }
            }
        }
    }

    /// - Parameter streams: What it gets from descriptor 0 on.
    private static func spawn(
        _ options: uv_process_options_t, _ streams: [uv_stdio_container_t], on loop: EventLoop
    ) throws(LoopError) -> Handle {
        var (options, streams) = (options, streams)
        var status: Int32 = 0
        let handle = try streams.withUnsafeMutableBufferPointer { streams throws(LoopError) in
            options.stdio_count = Int32(streams.count)
            options.stdio = streams.baseAddress
            options.exit_cb = didExit
            return try Handle(
                UV_PROCESS,
                initialize: {
                    // Part of the loop from here on, also when it fails, so it has to be closed.
                    status = uv_spawn(loop.raw, $0.assumingMemoryBound(to: uv_process_t.self), &options)
                    return 0
                }, call: "uv_spawn")
        }
        if status < 0 {
            handle.close()
            throw LoopError(code: status, call: "uv_spawn")
        }
        return handle
    }

    private static let didExit: uv_exit_cb = { @Sendable raw, status, signal in
        guard let raw else { return }
        let handle = Handle.wrapper(of: raw)
        LoopActor.assumeIsolated { handle.owner(as: ChildProcess.self)?.didExit(status, signal) }
    }

    /// The program's standard stream of that number.
    private static func container(_ number: Int32, _ stream: (kind: Stream, socket: Socket?)) -> uv_stdio_container_t {
        switch stream.kind {
        case .inherit: inherited(number)
        case .pipe:
            // What the program reads it cannot write, and the other way round.
            stream.socket.flatMap { created($0, number == 0 ? UV_READABLE_PIPE : UV_WRITABLE_PIPE) }
                ?? uv_stdio_container_t()
        // libuv opens `/dev/null` there.
        case .ignore: uv_stdio_container_t()
        }
    }

    /// The file of the running program, as Node's `process.execPath`. See `uv_exepath`.
    package nonisolated static let ownPath: String = {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4_096) { buffer in
            var size = buffer.count
            guard let start = buffer.baseAddress, uv_exepath(start, &size) == 0 else { return CommandLine.arguments[0] }
            return String(cString: start)
        }
    }()

    private static func inherited(_ descriptor: Int32) -> uv_stdio_container_t {
        var container = uv_stdio_container_t()
        container.flags = UV_INHERIT_FD
        container.data.fd = descriptor
        return container
    }

    /// - Parameter ways: What the program does with it.
    private static func created(_ socket: Socket, _ ways: uv_stdio_flags...) -> uv_stdio_container_t? {
        guard let stream = socket.stream else { return nil }
        var container = uv_stdio_container_t()
        container.flags = uv_stdio_flags(rawValue: ways.reduce(UV_CREATE_PIPE.rawValue) { $0 | $1.rawValue })
        container.data.stream = stream
        return container
    }

    /// `strings` as C has them: the last pointer is nil.
    private static func withCStrings<Value>(
        _ strings: [String],
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) throws(LoopError) -> Value
    ) throws(LoopError) -> Value {
        let pointers = UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() { pointers.initializeElement(at: index, to: strdup(string)) }
        pointers.initializeElement(at: strings.count, to: nil)
        defer {
            for pointer in pointers { free(pointer) }
            pointers.deallocate()
        }
        guard let base = pointers.baseAddress else { throw .invalid("uv_spawn") }
        return try body(base)
    }
}

extension ChildProcess.Command {
    /// All the variables of the program, as C has them; nil for this process's own.
    fileprivate var variables: [String]? {
        if environment == nil, options.variables.isEmpty { return nil }
        let given: [(name: String, value: String)] =
            environment?.map { (name: $0, value: $1) }
            ?? EventLoop.environmentNames.compactMap { name in
                EventLoop.environment(name).map { (name: name, value: $0) }
            }
        let kept = given.filter { variable in !options.variables.contains { $0.name.isSame(as: variable.name) } }
        return (kept + options.variables).map { "\($0.name)=\($0.value)" }
    }
}

extension Socket {
    /// The connection that this process was given as `descriptor`, such as the channel of ``ChildProcess``. It belongs to
    /// the socket from here on. See `uv_pipe_open`.
    package static func open(descriptor: Int32) throws(LoopError) -> Socket {
        let loop = EventLoop.current
        let socket = try pipe(on: loop)
        guard let handle = socket.state.handle else { throw .invalid("uv_pipe_open") }
        let status = uv_pipe_open(handle.pointer(as: uv_pipe_t.self), descriptor)
        if status < 0 {
            socket.destroy()
            throw LoopError(code: status, call: "uv_pipe_open")
        }
        socket.state.life = .open
        socket.startReading()
        return socket
    }

    /// The end of a pipe that `uv_spawn` makes, from when on it is connected.
    static func pipe(on loop: EventLoop) throws(LoopError) -> Socket {
        let socket = Socket(on: loop)
        socket.state.life = .connecting
        socket.adopt(try makePipe(on: loop))
        return socket
    }
}
