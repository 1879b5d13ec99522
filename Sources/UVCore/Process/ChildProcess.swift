import CLibUV

/// Another program that runs beside this one, as Node's `child_process.spawn`. See `uv_spawn`.
///
/// ```swift
/// let sort = ChildProcess.spawn("sort", ["-n"], errors: .inherit)
/// sort.output?.onData = { bytes in print(String(decoding: bytes, as: UTF8.self)) }
/// sort.onClose = { print("sort has ended: \(sort.exit)") }
/// sort.input?.end("3\n1\n2\n")
/// ```
///
/// ```
/// spawn ─► uv_spawn ─┬─ uv_exit_cb ─► onExit ─┐
///                    ├─ its output ended ─────┼─► onClose
///                    └─ its errors ended ─────┘
/// ```
///
/// The program gets its three standard streams and nothing else that is open here. It ends with the loop: one that still
/// runs then is killed, and its status is taken, so that no zombie is left. For a program that is only to be heard out
/// there is ``run(_:_:environment:folder:collecting:timeout:limit:options:)``.
@LoopActor
public final class ChildProcess: HandleOwner {
    /// What a standard stream of the program is.
    public enum Stream: Hashable, Sendable {
        /// A connection to this process: ``ChildProcess/input``, ``ChildProcess/output``, ``ChildProcess/errors``.
        case pipe
        /// What it is in this process.
        case inherit
        /// Nothing: reading ends at once, and what is written is lost.
        case ignore
    }

    /// How a program has ended.
    public enum Exit: Hashable, Sendable {
        /// It has returned this, from 0, for success, to 255.
        case code(Int32)
        /// The signal has ended it.
        case signal(Signal)
    }

    // MARK: Callbacks

    /// Called when the program has ended. What it has written may not all have been read by then.
    public var onExit: ((Exit) throws -> Void)?

    /// Called when the program has ended and its piped streams are closed too: there is nothing more to come. The last
    /// call, also behind ``onError``.
    ///
    /// A stream without a reader is read and dropped from the program's end on. A program that it has started itself may
    /// hold a stream open for longer.
    public var onClose: (() throws -> Void)?

    /// Called, in a tick, when the program could not be started: `ENOENT` where it is not there, or the folder is not,
    /// `EACCES` where it may not be run. Without it that is an uncaught error.
    public var onError: ((LoopError) throws -> Void)?

    // MARK: State

    /// What the program reads, when that is a pipe. A program that does not read all of it breaks the pipe, which its
    /// ``Socket/onError`` is told.
    public private(set) var input: Socket?

    /// What the program writes to standard output, when that is a pipe.
    public private(set) var output: Socket?

    /// What the program writes to standard error, when that is a pipe.
    public private(set) var errors: Socket?

    /// How it has ended; nil while it runs, and when it was never started.
    public private(set) var exit: Exit?

    /// The number that the system has given the program, while it runs. See `uv_process_get_pid`.
    public var processID: Int32? {
        guard let handle, handle.isOpen else { return nil }
        return uv_process_get_pid(handle.pointer(as: uv_process_t.self))
    }

    /// A connection to the program, both ways, which ends when either of the two has ended; nil if it was not asked for.
    package private(set) var channel: Socket?

    /// The same as ``processID``, also when the program has ended; nil if it was never started.
    package private(set) var lastProcessID: Int32?

    let loop = EventLoop.current
    private var handle: Handle?

    /// The number of its group, when it has one of its own.
    private var group: Int32?

    /// The exit and the streams that have not closed.
    private var pending = 1

    private init() {}

    /// Starts `file`, which is a path or a name on `PATH`.
    ///
    /// It runs when this returns, or ``onError`` is called in a tick.
    /// - Parameters:
    ///   - file: A path, or a name on `PATH`.
    ///   - arguments: What it is told, without its own name.
    ///   - input: What it reads.
    ///   - output: What its output is. A program whose output is piped waits while that is full.
    ///   - errors: What its standard error is.
    ///   - environment: All the variables that it gets; nil for those of this process. `PATH` among them is where it
    ///     is looked for.
    ///   - folder: The folder that it works in; nil for this process's own.
    ///   - options: What is said less often.
    public static func spawn(
        _ file: String, _ arguments: [String] = [], input: Stream = .pipe, output: Stream = .pipe,
        errors: Stream = .pipe, environment: [String: String]? = nil, folder: String? = nil,
        options: Options = Options()
    ) -> ChildProcess {
        let child = ChildProcess()
        let command = Command(
            words: [file] + arguments, environment: environment, folder: folder, options: options)
        child.start(command, (input, output, errors))
        return child
    }

    private func start(_ command: Command, _ streams: (input: Stream, output: Stream, errors: Stream)) {
        do throws(LoopError) {
            input = try pipe(if: streams.input == .pipe)
            output = try pipe(if: streams.output == .pipe)
            errors = try pipe(if: streams.errors == .pipe)
            if command.options.hasChannel { channel = try Socket.pipe(on: loop) }
            handle = try Self.spawn(
                command, [(streams.input, input), (streams.output, output), (streams.errors, errors)],
                channel: channel, on: loop)
            handle?.owner = self
            lastProcessID = processID
            if command.options.isApart { group = lastProcessID }
        } catch {
            return fail(error)
        }
        openStreams()
    }

    private func pipe(if isPiped: Bool) throws(LoopError) -> Socket? {
        guard isPiped else { return nil }
        let socket = try Socket.pipe(on: loop)
        pending += 1
        socket.makeExtras().didClose = { [self] in part() }
        return socket
    }

    private func openStreams() {
        // Nothing is read from what the program reads, so its end is the end of the connection.
        input?.state.input.end = .announced
        input?.state.life = .open
        for socket in [output, errors, channel] {
            socket?.state.life = .open
            socket?.startReading()
        }
        // Its errors are the program's end, which is told by itself.
        channel?.onError = { _ in }
    }

    private func fail(_ error: LoopError) {
        closeStreams()
        loop.nextTick { [self] in
            loop.nextTick { [self] in part() }
            guard let onError else { throw error }
            try onError(error)
        }
    }

    func closeStreams() {
        for socket in [input, output, errors, channel] { socket?.destroy() }
    }

    // MARK: - Its end

    func didExit(_ status: Int64, _ signal: Int32) {
        let exit =
            signal == 0 ? Exit.code(Int32(truncatingIfNeeded: status)) : .signal(Signal(rawValue: signal))
        self.exit = exit
        handle?.close()
        input?.destroy()
        channel?.destroy()
        // What it has left running would hold its outputs open for ever.
        signalGroup(.kill)
        loop.enter(.exit) {
            loop.nextTick { [self] in for socket in [output, errors] { socket?.dropUnread() } }
            try onExit?(exit)
        }
        part()
    }

    /// The exit, or the end of a stream: the last one is the end of all.
    private func part() {
        pending -= 1
        guard pending == 0 else { return }
        loop.enter(.close) { try onClose?() }
        // The program's closures usually hold the child, which holds them.
        (onExit, onClose, onError) = (nil, nil, nil)
    }

    // MARK: - Signals

    /// Sends it a signal, and with ``Options/isApart`` to all that it has started. See `uv_process_kill`.
    ///
    /// - Returns: False, and nothing is done, when it has ended or could not be sent one.
    @discardableResult
    public func kill(_ signal: Signal = .terminate) -> Bool {
        guard let handle, handle.isOpen else { return false }
        return signalGroup(signal) || uv_process_kill(handle.pointer(as: uv_process_t.self), signal.rawValue) == 0
    }

    /// Sends a signal to the whole group, if the program has one. See `kill(2)` of a negative number.
    @discardableResult
    private func signalGroup(_ signal: Signal) -> Bool {
        guard let group else { return false }
        uv_kill(-group, signal.rawValue)
        return true
    }

    // MARK: - The loop

    /// Lets the program keep the loop alive (again).
    public func ref() { handle?.ref() }

    /// Lets the loop end although the program runs, which ends it. Its piped streams keep the loop alive as any socket
    /// does.
    public func unref() { handle?.unref() }

    /// The handle closes when the program has ended: libuv takes the exit status of an open one only, and a program whose
    /// status is not taken stays in the system's table, as a zombie that other waiters of this process would meet.
    func loopWillEnd() {
        handle?.ref()
        kill(.kill)
        closeStreams()
    }
}
