extension ChildProcess {
    /// What a program that was run has left behind.
    public struct Outcome: Sendable {
        /// What it returned, or 128 and the signal that ended it, as a shell has it.
        public internal(set) var exitCode: Int32 = 0
        /// What it wrote to standard output; empty if that was not collected.
        public internal(set) var output: [UInt8] = []
        /// What it wrote to standard error; empty if that was not collected.
        public internal(set) var errors: [UInt8] = []
    }

    /// Runs `file`, which is a path or a name on `PATH`, and calls `done` when it and its output have ended: Node's
    /// `execFile`.
    ///
    /// - Parameters:
    ///   - file: A path, or a name on `PATH`.
    ///   - arguments: What it is told, without its own name.
    ///   - environment: All the variables that it gets; nil for those of this process. `PATH` among them is where it is
    ///     looked for.
    ///   - folder: The folder that it works in; nil for this process's own.
    ///   - collecting: Whether `done` gets its output. Otherwise it writes where this process does, and reads what this
    ///     process would.
    ///   - timeout: When this has passed, it is killed and `done` gets `ETIMEDOUT`.
    ///   - limit: When it writes more bytes than this, it is killed and `done` gets `ENOBUFS`.
    ///   - options: Its input, being apart and the errors need `collecting`.
    ///   - done: An exit code other than 0 is no failure here; not being started is one.
    /// - Returns: The program, to be sent signals. Its callbacks are taken.
    @discardableResult
    public static func run(
        _ file: String, _ arguments: [String] = [], environment: [String: String]? = nil, folder: String? = nil,
        collecting: Bool = true, timeout: Duration? = nil, limit: Int = 1 << 20, options: Options = Options(),
        _ done: @escaping (Result<Outcome, LoopError>) throws -> Void
    ) -> ChildProcess {
        let output = collecting ? Stream.pipe : .inherit
        let input = collecting ? (options.input == nil ? Stream.ignore : .pipe) : .inherit
        let child = spawn(
            file, arguments, input: input, output: output, errors: output, environment: environment, folder: folder,
            options: options)
        ProcessRun(of: child, limit: limit, options, done).begin(timeout)
        return child
    }

    /// Runs `file` to its end, and returns what it has left behind; see
    /// ``run(_:_:environment:folder:collecting:timeout:limit:options:_:)``.
    ///
    /// - Throws: What `done` would get; `ECANCELED` when the task is cancelled, which kills the program.
    public static func run(
        _ file: String, _ arguments: [String] = [], environment: [String: String]? = nil, folder: String? = nil,
        collecting: Bool = true, timeout: Duration? = nil, limit: Int = 1 << 20, options: Options = Options()
    ) async throws(LoopError) -> Outcome {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            await EventLoop.current.suspend { (continuation: UnsafeContinuation<Result<Outcome, LoopError>, Never>) in
                if Task.isCancelled { return continuation.resume(returning: .failure(.cancelled("uv_spawn"))) }
                cancellation.child = run(
                    file, arguments, environment: environment, folder: folder, collecting: collecting,
                    timeout: timeout, limit: limit, options: options
                ) { result in
                    cancellation.child = nil
                    continuation.resume(returning: cancellation.isCancelled ? .failure(.cancelled("uv_spawn")) : result)
                }
            }
        } onCancel: {
            LoopDoor.perform { cancellation.cancel() }
        }.get()
    }

    /// Joins a program and its task's cancellation.
    @LoopActor
    private final class Cancellation {
        var child: ChildProcess?
        var isCancelled = false

        func cancel() {
            guard let child else { return }
            isCancelled = true
            child.kill(.kill)
            child.closeStreams()
        }
    }
}

/// A program that is heard out.
@LoopActor
private final class ProcessRun {
    private let child: ChildProcess
    private let limit: Int
    private let options: ChildProcess.Options
    private let done: (Result<ChildProcess.Outcome, LoopError>) throws -> Void
    private var outcome = ChildProcess.Outcome()
    private var failure: LoopError?
    private var timeout: Timeout?

    init(
        of child: ChildProcess, limit: Int, _ options: ChildProcess.Options,
        _ done: @escaping (Result<ChildProcess.Outcome, LoopError>) throws -> Void
    ) {
        (self.child, self.limit, self.options, self.done) = (child, limit, options, done)
    }

    func begin(_ timeout: Duration?) {
        child.output?.onData = { [self] bytes in
            outcome.output.append(contentsOf: bytes)
            checkLimit()
        }
        child.errors?.onData = { [self] bytes in
            keepErrors(bytes)
            checkLimit()
        }
        child.onError = { [self] error in failure = error }
        child.onExit = { [self] exit in
            switch exit {
            case .code(let code): outcome.exitCode = code
            case .signal(let signal): outcome.exitCode = 128 + signal.rawValue
            }
        }
        child.onClose = { [self] in try end() }
        writeInput()
        if child.processID != nil { self.timeout = timeout.map { child.loop.wait($0) { [self] in kill(.timedOut) } } }
    }

    /// A program that does not read its input, or not all, is not wrong.
    private func writeInput() {
        guard let input = child.input, let bytes = options.input else { return }
        input.onError = { _ in }
        input.write(bytes)
        input.end()
    }

    /// How many bytes of the program's errors are kept; nil for all.
    private var keptErrors: Int? { options.longestErrors.map { max($0, 0) } }

    private func keepErrors(_ bytes: [UInt8]) {
        outcome.errors.append(contentsOf: bytes)
        guard let keptErrors, outcome.errors.count / 2 > keptErrors else { return }
        outcome.errors.removeFirst(outcome.errors.count - keptErrors)
    }

    private func checkLimit() {
        let counted = options.longestErrors == nil ? outcome.errors.count : 0
        if outcome.output.count + counted > limit { kill(.noBufferSpace) }
    }

    /// Ends the program, because of `reason`. What it has started itself may go on and still hold its output open.
    private func kill(_ reason: LoopError.Code) {
        guard failure == nil else { return }
        failure = LoopError(reason, call: "uv_spawn")
        child.kill(.kill)
        child.closeStreams()
    }

    private func end() throws {
        timeout?.cancel()
        if let keptErrors { outcome.errors = outcome.errors.suffix(keptErrors) }
        try done(failure.map { .failure($0) } ?? .success(outcome))
    }
}
