import CLibUV
import DequeModule
import Synchronization

/// One job of a ``DedicatedThread``.
///
/// Unchecked: the thread calls `perform` alone, and the loop the rest. What the callback has captured is the loop's, so the
/// loop takes it out, and a reference that the thread still has to the job frees nothing of it.
final class ThreadJob: @unchecked Sendable {
    private let work: @Sendable () -> Void
    private var whenFinished: (@LoopActor () throws -> Void)?

    init(_ work: @escaping @Sendable () -> Void, finish: @escaping @LoopActor () throws -> Void) {
        self.work = work
        whenFinished = finish
    }

    func perform() { work() }

    @LoopActor
    func finish() throws { try whenFinished.take()?() }

    @LoopActor
    func forget() { whenFinished = nil }
}

/// What a ``DedicatedThread`` and the loop share: the jobs that wait, and those that are finished.
///
/// Unchecked for the semaphore alone, whose calls may come from any thread. See `uv_sem_t`.
final class ThreadLine: @unchecked Sendable {
    private struct Jobs {
        var waiting = Deque<ThreadJob>()
        var finished: [ThreadJob] = []
        /// Guarded by the lock, so it is never sent to once it is being closed.
        var wake: AsyncHandle?
        var isClosed = false
    }

    /// `uv_async_send` may be called from any thread, so its handle may travel to one.
    private struct AsyncHandle: @unchecked Sendable {
        let raw: UnsafeMutablePointer<uv_async_t>
    }

    private let jobs = Mutex(Jobs())
    private let semaphore = UnsafeMutablePointer<uv_sem_t>.allocate(capacity: 1)

    /// The semaphore counts the jobs that wait, and the end.
    init() {
        let status = uv_sem_init(semaphore, 0)
        precondition(status == 0, "a semaphore of 0 cannot be made: \(status)")
    }

    deinit {
        uv_sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Starts the thread.
    func start(waking handle: UnsafeMutablePointer<uv_async_t>) throws(LoopError) {
        let wake = AsyncHandle(raw: handle)
        jobs.withLock { $0.wake = wake }
        var thread = uv_thread_t()
        // +1 for the thread; the -1 is where it begins.
        let argument = Unmanaged.passRetained(self).toOpaque()
        let status = uv_thread_create(
            &thread,
            { @Sendable argument in
                guard let argument else { return }
                Unmanaged<ThreadLine>.fromOpaque(argument).takeRetainedValue().run()
            }, argument)
        if status < 0 {
            Unmanaged<ThreadLine>.fromOpaque(argument).release()
            throw LoopError(code: status, call: "uv_thread_create")
        }
        // Nothing waits for its end, which may be long after the loop's.
        clibuv_thread_detach(thread)
    }

    func add(_ job: ThreadJob) {
        jobs.withLock { $0.waiting.append(job) }
        uv_sem_post(semaphore)
    }

    func takeFinished() -> [ThreadJob] {
        jobs.withLock { jobs in
            defer { jobs.finished.removeAll() }
            return jobs.finished
        }
    }

    func close() {
        jobs.withLock { jobs in
            jobs.wake = nil
            jobs.isClosed = true
            jobs.waiting.removeAll()
        }
        uv_sem_post(semaphore)
    }

    private func run() {
        while true {
            uv_sem_wait(semaphore)
            let (job, isClosed) = jobs.withLock { ($0.waiting.popFirst(), $0.isClosed) }
            guard let job else { if isClosed { return } else { continue } }
            job.perform()
            jobs.withLock { jobs in
                jobs.finished.append(job)
                if let wake = jobs.wake { uv_async_send(wake.raw) }
            }
        }
    }
}
