import CLibUV
import DequeModule

/// CPU work away from the loop, on libuv's thread pool. Reached as ``EventLoop/workers``.
///
/// ```swift
/// try loop.workers.run { job in
///     fibonacci(40)
/// } then: { result in
///     print(try result.get())
/// }
/// ```
///
/// At its default ``size`` each job goes to libuv's line at once, so that jobs, files and names start in the order they
/// came, as in Node. A smaller size keeps a line of its own in front of libuv's: at most so many jobs have a thread, and
/// files and names get the others. At most ``capacity`` jobs wait, whichever line it is.
@LoopActor
public final class WorkerPool {
    /// How many jobs run at once. By default as many as libuv has threads (`UV_THREADPOOL_SIZE`, otherwise 4); more than
    /// those never do.
    public var size = WorkerPool.threadCount

    /// How many jobs may wait.
    public var capacity = 100

    /// What the pool has done so far.
    public private(set) var statistics = WorkerStatistics()

    private let loop: EventLoop
    /// The pool's own line.
    private var waiting = Deque<WorkerJob>()
    /// What libuv has: it runs, or waits in libuv's line.
    private var submitted: [ObjectIdentifier: WorkerJob] = [:]

    init(loop: EventLoop) { self.loop = loop }

    /// Jobs that have a thread, or would have one if no file or name held it.
    public var activeCount: Int { min(submitted.count, places) }

    /// How many jobs can run at once.
    private var places: Int { min(size, Self.threadCount) }

    /// Jobs that wait.
    public var queuedCount: Int { waiting.count + submitted.count - activeCount }

    /// Runs `work` on a thread of the pool, and then `done` on the loop.
    ///
    /// - Parameters:
    ///   - timeout: From now on, waiting included. When it passes, `done` gets ``WorkerError/timedOut``, and the job is
    ///     told to stop.
    ///   - work: Gets the job, to see whether it has been cancelled: a thread cannot be stopped from outside.
    ///   - done: Gets what `work` returned or threw, or a ``WorkerError``.
    /// - Returns: The job, to watch or cancel it.
    /// - Throws: ``WorkerError/queueFull``, or ``WorkerError/cancelled`` when the loop has ended.
    @discardableResult
    public func run<Value: Sendable>(
        timeout: Duration? = nil, _ work: @escaping @Sendable (WorkerJob) throws -> Value,
        then done: @escaping (Result<Value, any Error>) throws -> Void
    ) throws(WorkerError) -> WorkerJob {
        guard !loop.hasEnded else { throw .cancelled }
        guard activeCount < places || queuedCount < capacity else {
            statistics.refused += 1
            throw .queueFull
        }
        let outcome = WorkerOutcome<Value>()
        let job = WorkerJob(pool: self, loop: loop) { job in
            outcome.take { try work(job) }
        } finish: { error in
            try done(error.map { .failure($0) } ?? outcome.result)
        }
        statistics.submitted += 1
        job.limit = timeout.map { loop.wait($0) { job.end(.timedOut) } }
        waiting.append(job)
        startWaiting()
        return job
    }

    /// Runs `work` on a thread of the pool. Cancelling the task cancels the job.
    ///
    /// - Throws: What `work` throws, or ``WorkerError``.
    public func run<Value: Sendable>(
        timeout: Duration? = nil, _ work: @escaping @Sendable (WorkerJob) throws -> Value
    ) async throws -> Value {
        let cancellation = WorkerCancellation()
        return try await withTaskCancellationHandler {
            try await loop.suspend { (continuation: UnsafeContinuation<Result<Value, any Error>, Never>) in
                do throws(WorkerError) {
                    let job = try run(timeout: timeout, work) { continuation.resume(returning: $0) }
                    cancellation.didStart(job)
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }.get()
        } onCancel: {
            LoopDoor.perform { cancellation.cancel() }
        }
    }

    /// How many threads libuv makes, by its own rule.
    public nonisolated static let threadCount: Int = {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { text in
            var size = text.count
            guard uv_os_getenv("UV_THREADPOOL_SIZE", text.baseAddress, &size) == 0 else { return 4 }
            let count = text.prefix(size).reduce(0) { count, digit in
                (48...57).contains(digit) ? min(count * 10 + Int(digit) - 48, 1_024) : 0
            }
            return max(count, 1)
        }
    }()
}

// MARK: - Running

extension WorkerPool {
    private func startWaiting() {
        while size >= Self.threadCount || submitted.count < size, let job = waiting.popFirst() {
            submitted[ObjectIdentifier(job)] = job
            job.submit()
        }
    }

    /// The thread is done with `job`, or has never begun.
    func didLeave(_ job: WorkerJob) {
        submitted[ObjectIdentifier(job)] = nil
        startWaiting()
    }

    /// Takes a job out of the line that it stands in, if it has not begun.
    ///
    /// - Complexity: O(jobs that wait).
    func withdraw(_ job: WorkerJob) {
        waiting.removeAll { $0 === job }
        if job.takeBack() { didLeave(job) }
    }

    func count(_ status: WorkerJob.Status) {
        switch status {
        case .completed: statistics.completed += 1
        case .failed: statistics.failed += 1
        case .cancelled: statistics.cancelled += 1
        case .timedOut: statistics.timedOut += 1
        case .queued, .running: break
        }
    }

    /// Tells every job to stop, at the end of the loop.
    func cancelAll() {
        for job in waiting { job.cancel() }
        for job in submitted.values { job.cancel() }
    }
}

/// Where a job leaves its result.
///
/// Unchecked, because the compiler cannot see the order that makes it safe: the job's thread writes before libuv's lock
/// hands the request back, and the loop reads after.
private final class WorkerOutcome<Value: Sendable>: @unchecked Sendable {
    private(set) var result: Result<Value, any Error> = .failure(WorkerError.cancelled)

    /// Runs `body` and keeps what comes of it; true when it has not thrown.
    func take(_ body: () throws -> Value) -> Bool {
        result = Result(catching: body)
        if case .success = result { return true }
        return false
    }
}

/// Joins a job and its task's cancellation, whichever comes first.
@LoopActor
private final class WorkerCancellation {
    private var job: WorkerJob?
    private var isCancelled = false

    func didStart(_ job: WorkerJob) {
        self.job = job
        if isCancelled { job.cancel() }
    }

    func cancel() {
        isCancelled = true
        job?.cancel()
    }
}
