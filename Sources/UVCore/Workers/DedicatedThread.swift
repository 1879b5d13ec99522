import CLibUV
import DequeModule

/// A thread of its own, which does one job after the other: for work that waits, such as writes to a disk, and must
/// neither hold up the loop nor stand in the pool's line behind reports.
///
/// ```swift
/// let disk = try DedicatedThread()
/// disk.run { copy(file) } then: { copied in print(copied) }
/// ```
///
/// A job that is not finished keeps the loop alive. When the loop ends, jobs that have not begun are dropped; the one that
/// runs is left to its thread, which ends behind it.
@LoopActor
public final class DedicatedThread: HandleOwner {
    private let loop = EventLoop.current
    private let line = ThreadLine()
    private let handle: Handle
    /// In the order of their calls, which is that in which they end.
    private var unfinished = Deque<ThreadJob>()

    /// Starts the thread. See `uv_thread_create`.
    public init() throws(LoopError) {
        let loop = EventLoop.current
        handle = try Handle(
            UV_ASYNC,
            initialize: { memory in
                uv_async_init(loop.raw, memory.assumingMemoryBound(to: uv_async_t.self)) { @Sendable raw in
                    guard let raw else { return }
                    let handle = Handle.wrapper(of: raw)
                    LoopActor.assumeIsolated { handle.owner(as: DedicatedThread.self)?.collect() }
                }
            }, call: "uv_async_init")
        handle.owner = self
        handle.unref()
        do throws(LoopError) {
            try line.start(waking: handle.pointer(as: uv_async_t.self))
        } catch {
            handle.close()
            throw error
        }
    }

    /// Runs `work` on the thread, behind all that was given before, and then `done` on the loop, unless that has ended by
    /// then.
    public func run<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value, then done: @escaping (Value) throws -> Void
    ) {
        guard handle.isOpen else { return }
        let place = ResultPlace<Value>()
        let job = ThreadJob {
            place.value = work()
        } finish: {
            if let value = place.value.take() { try done(value) }
        }
        if unfinished.isEmpty { handle.ref() }
        unfinished.append(job)
        line.add(job)
    }

    /// Ends the thread behind the job that runs. Silent the second time.
    public func close() {
        line.close()
        handle.close()
        // What the callbacks hold is let go of here, and not where the thread ends.
        for job in unfinished { job.forget() }
        unfinished.removeAll()
    }

    func loopWillEnd() { close() }

    private func collect() {
        for job in line.takeFinished() {
            // The callback before may have closed it: then the rest is forgotten.
            guard unfinished.popFirst() != nil else { return }
            if unfinished.isEmpty { handle.unref() }
            loop.enter(.work) { try job.finish() }
        }
    }
}

/// Where a job leaves its result.
///
/// Unchecked, because the compiler cannot see the order that makes it safe: the thread writes before it takes the line's
/// lock to hand the job back, and the loop reads after.
private final class ResultPlace<Value: Sendable>: @unchecked Sendable {
    var value: Value?
}
