import CLibUV
import Synchronization

/// One piece of work on the pool.
@LoopActor
public final class WorkerJob {
    /// How far a job has come, and how it ended.
    public enum Status: String, Sendable {
        /// It waits for a thread.
        case queued
        /// A thread is at it.
        case running
        /// It has returned.
        case completed
        /// It has thrown.
        case failed
        /// ``WorkerJob/cancel()`` has ended it.
        case cancelled
        /// Its time has passed.
        case timedOut
    }

    /// How far the thread has come: the one thing that it and the loop share while the work runs.
    private enum Progress: UInt8 {
        case waiting, running, succeeded, failed
    }

    /// What ends the job early when its time has passed.
    var limit: Timeout?

    private let loop: EventLoop
    private let pool: WorkerPool
    private var finish: ((WorkerError?) throws -> Void)?
    private var outcome: Status?

    /// Libuv's request, from `submit` until `didLeaveThread` frees it.
    private var request: UnsafeMutablePointer<uv_work_t>?

    private nonisolated let cancelled = Atomic(false)
    private nonisolated let progress = Atomic(Progress.waiting.rawValue)

    /// Does the work, and tells whether it succeeded.
    private nonisolated let work: @Sendable (WorkerJob) -> Bool

    init(
        pool: WorkerPool, loop: EventLoop, work: @escaping @Sendable (WorkerJob) -> Bool,
        finish: @escaping (WorkerError?) throws -> Void
    ) {
        self.pool = pool
        self.loop = loop
        self.work = work
        self.finish = finish
    }

    /// Whether the work should stop, since no caller waits for its result any more. The work asks, on its thread.
    public nonisolated var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// How far the job has come.
    public var status: Status {
        outcome ?? (progress.load(ordering: .relaxed) == Progress.waiting.rawValue ? .queued : .running)
    }

    /// Ends the job with ``WorkerError/cancelled``: one that waits never begins, one that runs is told to stop. Silent
    /// when it has ended.
    public func cancel() { end(.cancelled) }

    /// Answers in a tick, whatever the thread is doing.
    func end(_ error: WorkerError) {
        guard outcome == nil else { return }
        cancelled.store(true, ordering: .relaxed)
        pool.withdraw(self)
        let finish = conclude(error == .timedOut ? .timedOut : .cancelled)
        loop.nextTick { try finish?(error) }
    }

    /// Settles the outcome, and hands out the program's callback for its one call.
    private func conclude(_ status: Status) -> ((WorkerError?) throws -> Void)? {
        outcome = status
        pool.count(status)
        limit?.cancel()
        limit = nil
        // It may hold the job, which holds it.
        defer { finish = nil }
        return finish
    }
}

// MARK: - On the thread pool

extension WorkerJob {
    /// Hands the job to libuv's pool. See `uv_queue_work`.
    func submit() {
        let raw = UnsafeMutablePointer<uv_work_t>.allocate(capacity: 1)
        request = raw
        // +1 for libuv's pointer; the -1 is in `didLeaveThread`.
        raw.pointee.data = Unmanaged.passRetained(self).toOpaque()
        // It fails only without a callback, and here is one.
        uv_queue_work(
            loop.raw, raw, { @Sendable raw in WorkerJob.behind(raw)?.runOnThread() },
            { @Sendable raw, _ in
                guard let job = WorkerJob.behind(raw) else { return }
                LoopActor.assumeIsolated { job.didLeaveThread() }
            })
    }

    /// Takes the job out of libuv's line; false when it does not stand there, or a thread has it. See `uv_cancel`.
    func takeBack() -> Bool {
        guard let request else { return false }
        return UnsafeMutableRawPointer(request).withMemoryRebound(to: uv_req_t.self, capacity: 1) { uv_cancel($0) } == 0
    }

    private nonisolated static func behind(_ raw: UnsafeMutablePointer<uv_work_t>?) -> WorkerJob? {
        raw?.pointee.data.map { Unmanaged<WorkerJob>.fromOpaque($0).takeUnretainedValue() }
    }

    private nonisolated func runOnThread() {
        guard !isCancelled else { return }
        progress.store(Progress.running.rawValue, ordering: .relaxed)
        let succeeded = work(self)
        progress.store((succeeded ? Progress.succeeded : .failed).rawValue, ordering: .relaxed)
    }

    private func didLeaveThread() {
        // -1 for libuv's pointer, which `submit` counted.
        defer { Unmanaged.passUnretained(self).release() }
        request?.deallocate()
        request = nil
        pool.didLeave(self)
        loop.enter(.work) {
            guard outcome == nil else { return }
            let succeeded = progress.load(ordering: .relaxed) == Progress.succeeded.rawValue
            try conclude(succeeded ? .completed : .failed)?(nil)
        }
    }
}
