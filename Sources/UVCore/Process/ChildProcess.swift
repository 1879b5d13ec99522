import CLibUV

/// Another program, run to its end, as Node's `child_process.execFile`. See `uv_spawn`.
///
/// ```
/// run ─► uv_spawn ─┬─ uv_exit_cb ─────────┐
///                  ├─ its output ended ───┼─► done
///                  └─ its errors ended ───┘
/// ```
@LoopActor
package final class ChildProcess: HandleOwner {
    /// What a program has left behind.
    package struct Outcome: Sendable {
        /// What it returned, or 128 and the signal that ended it, as a shell has it.
        package var exitCode: Int32 = 0
        /// What it wrote to standard output; empty if that was not collected.
        package var output: [UInt8] = []
        /// What it wrote to standard error; empty if that was not collected.
        package var errors: [UInt8] = []
    }

    /// What else a program can be given.
    package struct Options: Sendable {
        /// What it reads from standard input, to its end; nil for nothing, which is an end at once.
        package var input: [UInt8]?

        /// Variables besides those that it gets anyway, in place of any of their name.
        package var variables: [(name: String, value: String)] = []

        /// Whether it is alone in a session and a group of processes: ctrl-C does not reach it, ``send(_:)`` reaches what it
        /// has started too, and what that leaves running at its exit is ended.
        package var isApart = false

        /// Whether it has ``ChildProcess/channel``, as its descriptor 3.
        package var hasChannel = false

        /// Descriptors of this process that it gets too, from 3 on, or from 4 where it has a channel.
        package var descriptors: [Int32] = []

        /// Of what it writes to standard error only the end is kept, as many bytes, and it does not count for the limit.
        package var longestErrors: Int?

        package init() {}
    }

    /// The number that the system has given the program, while it runs. See `uv_process_get_pid`.
    package var processID: Int32? {
        guard let handle, handle.isOpen else { return nil }
        return uv_process_get_pid(handle.pointer(as: uv_process_t.self))
    }

    /// A connection to the program, both ways, which ends when either of the two has ended; nil if it was not asked for.
    package private(set) var channel: Socket?

    /// The same, also when the program has ended; nil if it was never started.
    package private(set) var lastProcessID: Int32?

    private let loop = EventLoop.current
    private let limit: Int
    private let options: Options
    private let done: (Result<Outcome, LoopError>) throws -> Void
    private var handle: Handle?
    private var streams: [Socket] = []
    private var input: Socket?
    /// The number of its group, when it has one of its own.
    private var group: Int32?
    private var timeout: Timeout?
    private var outcome = Outcome()
    private var failure: LoopError?

    /// The exit and the streams that have not ended.
    private var pending = 1

    private init(_ options: Options, limit: Int, _ done: @escaping (Result<Outcome, LoopError>) throws -> Void) {
        self.options = options
        self.limit = limit
        self.done = done
    }

    /// Runs `file`, which is a path or a name on `PATH`, and calls `done` when it and its output have ended.
    ///
    /// - Parameters:
    ///   - environment: All the variables that it gets; nil for those of this process. `PATH` among them is where it is
    ///     looked for.
    ///   - folder: The folder that it works in; nil for this process's own.
    ///   - collecting: Whether `done` gets its output. Otherwise it writes where this process does, and reads what this
    ///     process would.
    ///   - timeout: When this has passed, it is ended and `done` gets `ETIMEDOUT`.
    ///   - limit: When it writes more bytes than this, it is ended and `done` gets `ENOBUFS`.
    ///   - options: Its input, being apart and the errors need `collecting`.
    @discardableResult
    package static func run(
        _ file: String, _ arguments: [String] = [], environment: [String: String]? = nil, folder: String? = nil,
        collecting: Bool = true, timeout: Duration? = nil, limit: Int = 1 << 20, options: Options = Options(),
        _ done: @escaping (Result<Outcome, LoopError>) throws -> Void
    ) -> ChildProcess {
        let child = ChildProcess(options, limit: limit, done)
        let command = Command(
            words: [file] + arguments, environment: environment, folder: folder, options: options)
        child.start(command, collecting, timeout)
        return child
    }

    /// Runs `file` to its end, and returns what it has left behind.
    package static func run(
        _ file: String, _ arguments: [String] = [], environment: [String: String]? = nil, folder: String? = nil,
        timeout: Duration? = nil
    ) async throws(LoopError) -> Outcome {
        try await EventLoop.current.suspend { continuation in
            run(file, arguments, environment: environment, folder: folder, timeout: timeout) {
                continuation.resume(returning: $0)
            }
        }.get()
    }

    /// What `uv_spawn` is told about the program.
    struct Command {
        let words: [String]
        let environment: [String: String]?
        let folder: String?
        var options = Options()
    }

    private func start(_ command: Command, _ collecting: Bool, _ timeout: Duration?) {
        do throws(LoopError) {
            if collecting {
                try addStream { $0.outcome.output.append(contentsOf: $1) }
                try addStream { $0.keepErrors($1) }
            }
            if options.input != nil { input = try Socket.pipe(on: loop) }
            if options.hasChannel { channel = try Socket.pipe(on: loop) }
            handle = try Self.spawn(command, input: input, pipes: streams, channel: channel, on: loop)
            handle?.owner = self
            lastProcessID = processID
            if options.isApart { group = lastProcessID }
        } catch {
            failure = error
            closeStreams()
            return loop.nextTick { [self] in part() }
        }
        for socket in streams {
            socket.state.life = .open
            socket.startReading()
        }
        openChannel()
        writeInput()
        self.timeout = timeout.map { loop.wait($0) { [self] in kill(UV_ETIMEDOUT) } }
    }

    /// One of the program's outputs, which is counted until it has ended.
    private func addStream(_ keep: @escaping (ChildProcess, [UInt8]) -> Void) throws(LoopError) {
        let socket = try Socket.pipe(on: loop)
        streams.append(socket)
        pending += 1
        socket.onData = { [self] bytes in
            keep(self, bytes)
            let counted = options.longestErrors == nil ? outcome.errors.count : 0
            if outcome.output.count + counted > limit { kill(UV_ENOBUFS) }
        }
        socket.onClose = { [self] _ in part() }
    }

    private func keepErrors(_ bytes: [UInt8]) {
        outcome.errors.append(contentsOf: bytes)
        guard let longest = options.longestErrors, outcome.errors.count > 2 * longest else { return }
        outcome.errors.removeFirst(outcome.errors.count - longest)
    }

    /// Its errors are the program's end, which is told by itself.
    private func openChannel() {
        guard let channel else { return }
        channel.onError = { _ in }
        channel.state.life = .open
        channel.startReading()
    }

    /// A program that does not read its input, or not all, is not wrong.
    private func writeInput() {
        guard let input, let bytes = options.input else { return }
        input.state.life = .open
        input.onError = { _ in }
        input.write(bytes)
        input.end()
    }

    private func closeStreams() {
        for socket in streams { socket.destroy() }
        input?.destroy()
        channel?.destroy()
    }

    func didExit(_ status: Int64, _ signal: Int32) {
        outcome.exitCode = signal == 0 ? Int32(truncatingIfNeeded: status) : 128 + signal
        timeout?.cancel()
        handle?.close()
        input?.destroy()
        channel?.destroy()
        // What it has left running would hold its outputs open for ever.
        signalGroup(.kill)
        part()
    }

    /// The exit, or the end of a stream: the last one is the end of all.
    private func part() {
        pending -= 1
        guard pending == 0 else { return }
        if let longest = options.longestErrors { outcome.errors = outcome.errors.suffix(longest) }
        loop.enter { try done(failure.map { .failure($0) } ?? .success(outcome)) }
    }

    /// Sends it a signal, and with ``Options/isApart`` to all that it has started. Silent when it has ended.
    package func send(_ signal: Signal) {
        guard let handle, handle.isOpen, !signalGroup(signal) else { return }
        uv_process_kill(handle.pointer(as: uv_process_t.self), signal.rawValue)
    }

    /// Sends a signal to the whole group, if the program has one. See `kill(2)` of a negative number.
    @discardableResult
    private func signalGroup(_ signal: Signal) -> Bool {
        guard let group else { return false }
        uv_kill(-group, signal.rawValue)
        return true
    }

    /// Ends the program, because of `reason`. What it has started itself may go on and still hold its output open.
    private func kill(_ reason: uv_errno_t) {
        guard failure == nil, let handle, handle.isOpen else { return }
        failure = LoopError(code: reason.rawValue, call: "uv_spawn")
        send(.kill)
        closeStreams()
    }

    /// The handle closes when the program has ended: libuv takes the exit status of an open one only, and a program whose
    /// status is not taken stays in the system's table, as a zombie that other waiters of this process would meet.
    func loopWillEnd() { kill(UV_ECANCELED) }
}
