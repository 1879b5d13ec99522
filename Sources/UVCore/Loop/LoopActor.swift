import CLibUV
import Synchronization

/// The global actor of everything that lives on the event loop.
///
/// A process has one running ``EventLoop``, and `LoopActor` is its thread: state marked `@LoopActor` is touched on that
/// thread alone, and the compiler refuses the rest. Actor jobs are microtasks, as a Promise's reactions are in Node.
@globalActor
public actor LoopActor {
    public static let shared = LoopActor()

    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        LoopSerialExecutor.unowned
    }

    /// Runs `body` as `@LoopActor` code, from synchronous code that is on the loop's thread already.
    ///
    /// This is the door for C callbacks: libuv calls them on the thread that runs the loop, which the compiler cannot
    /// know. On any other thread it traps.
    package static func assumeIsolated<Value>(_ body: @LoopActor () -> Value) -> Value {
        if !LoopThread.isCurrent { programError("code of the event loop was called from another thread") }
        // The two types differ in what the compiler checks, and the check above has made that true. The one function is
        // cast, and not each `body`: a closure that does not escape would have to be copied to the heap for that.
        return unsafeBitCast(Caller<Value> { $0() }, to: IsolatedCaller<Value>.self).call(body)
    }

    private struct Caller<Value> {
        let call: (() -> Value) -> Value
    }

    private struct IsolatedCaller<Value> {
        let call: (@LoopActor () -> Value) -> Value
    }
}

/// Which thread runs the event loop.
enum LoopThread {
    /// The `pthread_t` of that thread, 0 when no loop runs.
    private static let identity = Atomic<UInt>(0)

    static var isCurrent: Bool { identity.load(ordering: .relaxed) == current }

    /// Takes the loop for the calling thread; false when another loop runs.
    static func claim() -> Bool {
        identity.compareExchange(expected: 0, desired: current, ordering: .acquiringAndReleasing).exchanged
    }

    static func release() { identity.store(0, ordering: .releasing) }

    /// The thread as a number: `pthread_t` is an integer on one system and a pointer on the next, a word on all.
    private static var current: UInt {
        withUnsafeBytes(of: uv_thread_self()) { $0.load(as: UInt.self) }
    }
}

/// Runs the jobs of `@LoopActor` code: as microtasks of the running loop.
final class LoopSerialExecutor: SerialExecutor {
    static let shared = LoopSerialExecutor()
    static let unowned = shared.asUnownedSerialExecutor()

    func enqueue(_ job: consuming ExecutorJob) { LoopDoor.enqueue(UnownedJob(job)) }

    func isIsolatingCurrentContext() -> Bool? { LoopThread.isCurrent }

    func checkIsolated() {
        if !LoopThread.isCurrent { programError("code of the event loop was called from another thread") }
    }
}

/// Keeps tasks made by ``EventLoop/spawn(_:)`` on the loop's thread.
///
/// A continuation is resumed on the task's executor first and hops to the actor from there; with the actor's executor
/// alone the first step would run on a thread of the global pool. The two executors are two types on purpose: the
/// runtime does not support one type in both roles.
final class LoopTaskExecutor: TaskExecutor {
    static let shared = LoopTaskExecutor()
    static let unowned = shared.asUnownedTaskExecutor()

    /// Whether the running task resumes on the loop's thread.
    static var isCurrent: Bool { withUnsafeCurrentTask { $0?.unownedTaskExecutor == unowned } }

    func enqueue(_ job: consuming ExecutorJob) { LoopDoor.enqueue(UnownedJob(job)) }
}
