public import UVCore

/// Takes tasks of a Taskflow server and does them, several at a time.
///
/// ```swift
/// let worker = TaskWorker(TaskClient("http://127.0.0.1:3000"), name: "mail", concurrency: 8)
/// worker.on("email") { job in
///     let mail = try job.payload(as: Mail.self)
///     try await send(mail)
///     return Receipt(fence: job.fence)
/// }
/// worker.start()
/// ```
///
/// What a handler returns is the task's result, an error is a failure, which the server lets another attempt follow or not;
/// see ``TaskFailure``. A task is delivered **at least once**: a worker that is killed has done a part of it, so a handler
/// should do nothing twice for one ``TaskJob/id``.
///
/// One request is parked at the server while a slot is free; a second connection renews the leases of what runs. Behind a
/// failure it comes back after a random time below 0.5 s, which grows to 20 s. On SIGTERM and ctrl-C it takes nothing more,
/// waits for what runs, gives back what has not ended when the drain is over, and lets the loop end by itself.
@LoopActor
public final class TaskWorker {
    /// Called with what an operator may want to know.
    public var onNotice: ((Notice) throws -> Void)?

    /// Called last, once: with the error that it could not go on with, or with nil.
    public var onEnd: ((TaskError?) throws -> Void)?

    /// What an operator may want to know of a worker.
    public enum Notice: Sendable {
        /// The server does not answer, or has refused; it is asked again.
        case unreachable(TaskError, retryIn: Duration)
        /// The server has given the task to another worker, or it is gone. What came of it here does not count.
        case lost(task: String, code: String)
        /// The server does not take what came of a task.
        case refused(task: String, code: String, message: String)
        /// It ends, and so many outcomes could not be told. Their leases run out.
        case untold(Int)
    }

    /// How the server knows it: the name, where it runs, and the number of its process.
    public nonisolated let name: String

    typealias Handler = @LoopActor (TaskJob) async throws -> JSON?

    let loop = EventLoop.current
    let client: TaskClient
    private let drain: Duration
    private var settings: WorkerState.Settings
    private var handlers: [ByteText: Handler] = [:]
    private var run: WorkerRun?

    /// - Parameters:
    ///   - client: The way to the server.
    ///   - name: Of `A–Z a–z 0–9 . _ - : @`; other characters become `-`.
    ///   - concurrency: How many tasks it does at a time.
    ///   - lease: How long a claim lasts without a renewal, 5 s to 12 h; nil for what the task or its project says.
    ///   - drain: How long tasks may go on when it is told to end.
    public init(
        _ client: TaskClient, name: String, concurrency: Int = 1, lease: Duration? = nil, drain: Duration = .seconds(25)
    ) {
        self.client = client
        self.drain = drain
        self.name = WorkerName.full(name)
        settings = WorkerState.Settings(worker: self.name, keyPrefix: TaskClient.newKey())
        settings.slots = max(concurrency, 1)
        settings.lease = lease
    }

    /// Does tasks of the type with `handler`; what it returns is the result. Of a second handler for a type the last counts.
    public func on<Result: Encodable>(
        _ type: String, _ handler: @escaping @LoopActor (TaskJob) async throws -> Result
    ) {
        handlers[ByteText(type)] = { job in try JSON(encoding: try await handler(job)) }
    }

    /// Does tasks of the type with `handler`, without a result.
    public func on(_ type: String, _ handler: @escaping @LoopActor (TaskJob) async throws -> Void) {
        handlers[ByteText(type)] = { job in
            try await handler(job)
            return nil
        }
    }

    /// Takes one task, if there is one, and ends when it is done.
    package func takesOneTask() { settings.isOnce = true }

    /// Begins. Silent when it has begun already.
    ///
    /// - Precondition: There is a handler: what a worker claims are tasks of the types that it has handlers for.
    /// - Parameter signals: What ends it as ``stop()`` does; the second one ends the drain.
    public func start(stoppingOn signals: [Signal] = [.terminate, .interrupt]) {
        guard run == nil else { return }
        precondition(!handlers.isEmpty, "A worker without a handler takes nothing: call on(_:_:) before start().")
        settings.types = handlers.keys.sorted().map(\.text)
        let run = WorkerRun(self, settings, handlers, drain: drain)
        self.run = run
        run.start(stoppingOn: signals)
    }

    /// Whether it takes tasks: it was started and not told to end.
    public var isTaking: Bool { run?.isTaking ?? false }

    /// Takes nothing more, and ends when what runs has ended, or the drain is over. The second time the drain is over.
    public func stop() { run?.stop() }
}

extension TaskWorker.Notice: CustomStringConvertible {
    /// One sentence for people.
    public var description: String {
        switch self {
        case .unreachable(let error, let delay): "The server is asked again in \(delay / .seconds(1)) s. \(error)"
        case .lost(let task, let code): "The task \(task) is not this worker's any more (\(code))."
        case .refused(let task, let code, let message): "What came of the task \(task) was refused. \(code): \(message)"
        case .untold(let count): "\(count) outcomes could not be told; the leases of those tasks run out."
        }
    }
}
