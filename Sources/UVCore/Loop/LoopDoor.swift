import CLibUV
import Synchronization

/// What other threads hand to the loop.
enum LoopErrand {
    case job(UnownedJob)
    case callback(@Sendable @LoopActor () throws -> Void)
}

/// The door through which other threads reach the loop: a locked inbox, and `uv_async_send` to wake the poll.
///
/// The inbox outlives each loop. What arrives while no loop runs waits for the next one.
enum LoopDoor {
    private struct Inbox {
        var errands: [LoopErrand] = []
        /// The running loop's wake-up handle. Guarded by the lock, so it is never sent to once it is being closed.
        var wake: AsyncHandle?
    }

    /// `uv_async_send` is the one libuv call that any thread may make, so its handle may travel to one.
    private struct AsyncHandle: @unchecked Sendable {
        let raw: UnsafeMutablePointer<uv_async_t>
    }

    private static let inbox = Mutex(Inbox())

    /// On the loop's thread `job` joins the microtasks, without a lock; from elsewhere it comes in by the inbox.
    static func enqueue(_ job: UnownedJob) {
        if LoopThread.isCurrent {
            LoopActor.assumeIsolated { EventLoop.current.enqueue(job) }
        } else {
            deliver(.job(job))
        }
    }

    /// On the loop's thread calls `body` at once, from elsewhere by the inbox.
    static func perform(_ body: @escaping @Sendable @LoopActor () -> Void) {
        if LoopThread.isCurrent { LoopActor.assumeIsolated(body) } else { deliver(.callback(body)) }
    }

    static func deliver(_ errand: LoopErrand) {
        inbox.withLock { inbox in
            inbox.errands.append(errand)
            // One wake-up is enough for all that wait: libuv merges them anyway, but each send may cost a system call.
            if inbox.errands.count == 1, let wake = inbox.wake { uv_async_send(wake.raw) }
        }
    }

    /// Takes everything that waits, in the order it came.
    static func collect() -> [LoopErrand] {
        inbox.withLock { inbox in
            defer { inbox.errands.removeAll() }
            return inbox.errands
        }
    }

    static func open(waking handle: UnsafeMutablePointer<uv_async_t>) {
        let wake = AsyncHandle(raw: handle)
        inbox.withLock { inbox in
            inbox.wake = wake
            if !inbox.errands.isEmpty { uv_async_send(wake.raw) }
        }
    }

    static func close() {
        inbox.withLock { $0.wake = nil }
    }
}
