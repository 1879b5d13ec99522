import CLibUV
import Synchronization

/// Work with files that is no one call of libuv's, on a thread of its pool. See `uv_queue_work`.
@LoopActor
final class ThreadWork {
    private let loop: EventLoop
    private let body: @Sendable (ThreadWork) -> Void
    private let done: () -> Void

    /// Libuv's request, until its callback.
    private var request: UnsafeMutablePointer<uv_work_t>?

    private nonisolated let cancelled = Atomic(false)

    /// - Parameters:
    ///   - body: Does the work, and looks now and then whether it ``isCancelled``.
    ///   - done: Called on the loop when the thread has left, also when it has never begun. It is no callback of the program, so
    ///     it is called also when the program has ended.
    init(on loop: EventLoop, _ body: @escaping @Sendable (ThreadWork) -> Void, done: @escaping () -> Void) {
        (self.loop, self.body, self.done) = (loop, body, done)
    }

    /// Whether the work should stop. The work asks, on its thread.
    nonisolated var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    func begin() {
        let raw = UnsafeMutablePointer<uv_work_t>.allocate(capacity: 1)
        request = raw
        // +1 for libuv's pointer; the -1 is in `didLeaveThread`.
        raw.pointee.data = Unmanaged.passRetained(self).toOpaque()
        join(loop)
        // It fails only without a callback, and here is one.
        uv_queue_work(
            loop.raw, raw,
            { @Sendable raw in
                guard let work = ThreadWork.behind(raw), !work.isCancelled else { return }
                work.body(work)
            },
            { @Sendable raw, _ in
                guard let work = ThreadWork.behind(raw) else { return }
                LoopActor.assumeIsolated { work.didLeaveThread() }
            })
    }

    /// Tells the work to stop, and takes it back if no thread has it. See `uv_cancel`.
    func cancel() {
        cancelled.store(true, ordering: .relaxed)
        guard let request else { return }
        UnsafeMutableRawPointer(request).withMemoryRebound(to: uv_req_t.self, capacity: 1) { _ = uv_cancel($0) }
    }

    private nonisolated static func behind(_ raw: UnsafeMutablePointer<uv_work_t>?) -> ThreadWork? {
        raw?.pointee.data.map { Unmanaged<ThreadWork>.fromOpaque($0).takeUnretainedValue() }
    }

    private func didLeaveThread() {
        // -1 for libuv's pointer, which `begin` counted.
        defer { Unmanaged.passUnretained(self).release() }
        request?.deallocate()
        request = nil
        leave(loop)
        done()
    }
}

extension ThreadWork: EndsWithLoop {
    func loopWillEnd() { cancel() }
}
