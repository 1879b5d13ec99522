import CLibUV
import DequeModule

/// Node's event loop: libuv turns the phases, Swift keeps the queues that JavaScript keeps in Node.
///
/// ```
///    ┌─► poll ──► check ──────► closing ──► timers ──┐      after every single callback:
///    │   I/O      immediates    onClose     timeouts │      nextTick queue, then microtask queue,
///    └───────────────────────────────────────────────┘      until both are empty
/// ```
///
/// A process has one running loop. ``run(clock:_:)`` starts it, calls its argument as Node runs a main script, and
/// returns when nothing is left that could call back.
@LoopActor
public final class EventLoop {
    /// The loop that runs on this thread.
    public static var current: EventLoop {
        guard let running else { preconditionFailure("no event loop runs; start one with EventLoop.run") }
        return running
    }

    @exclusivity(unchecked) static var running: EventLoop?

    // MARK: What the program may set

    /// Called when the loop has run dry, with the exit code. Work scheduled here starts the loop again.
    public var onBeforeExit: ((Int32) throws -> Void)?

    /// Called once at the end, with the exit code. Only synchronous work counts from here on.
    public var onExit: ((Int32) throws -> Void)?

    /// Called with an error that a callback threw. Without it such an error ends the program with code 1.
    public var onUncaughtError: ((any Error) throws -> Void)?

    /// Called, in a tick, with what the program should know. Without it a warning is written to standard error.
    public var onWarning: ((LoopWarning) throws -> Void)?

    /// The code that `run` returns when the loop ends by itself.
    public var exitCode: Int32 = 0

    /// The jobs that run on libuv's thread pool.
    public var workers: WorkerPool {
        if let pool { return pool }
        let made = WorkerPool(loop: self)
        pool = made
        return made
    }

    /// What can be measured of the loop.
    public private(set) lazy var monitor = LoopMonitor(loop: self)

    /// Made at its first use; the loop's end breaks the cycle that it closes.
    var pool: WorkerPool?

    // MARK: Queues

    // What each callback touches is unchecked for exclusive access: nothing of the program runs while one of these is
    // being changed, and the checks would cost as much as the queues.
    @exclusivity(unchecked) var ticks = Deque<Tick>()
    @exclusivity(unchecked) var microtasks = Deque<Microtask>()
    /// What tasks have thrown since the queues were last empty.
    @exclusivity(unchecked) var taskErrors: [any Error] = []
    let timers: TimerQueue
    let immediates = ImmediateQueue()

    /// What is written or sent at the start of check, before the immediates.
    var checkWork: [() -> Void] = []

    /// Sockets with corked output, written when the running callback's queues have drained.
    @exclusivity(unchecked) var corked: [Socket] = []

    // MARK: State

    /// Why the poll must not block: referenced immediates, and work for the check phase.
    @exclusivity(unchecked) private var pollReasons = 0

    /// How many callbacks of the loop are on the stack. Queues drain when the outermost has returned.
    @exclusivity(unchecked) var depth = 0

    /// How far the program has come.
    @exclusivity(unchecked) var stage = LoopStage.running

    /// From `exit` on no callback of the program runs.
    var isExiting: Bool { stage >= .callingOnExit }

    /// The iterations begun, to tell apart events of the same and of different turns.
    package internal(set) var iteration: UInt64 = 0

    /// What was called so far, and where in its turn the loop is.
    @exclusivity(unchecked) var counts = LoopCounts()
    @exclusivity(unchecked) var phase = LoopPhase.outside

    /// Servers that hold an accepted connection back until the next iteration.
    var parkedServers: [Server] = []

    let raw: UnsafeMutablePointer<uv_loop_t>
    let clock: LoopClock
    let handles: LoopHandles
    let readBuffer: ReadBuffer
    let outputBuffers = OutputBufferPool()

    init(clock: LoopClock) throws(LoopError) {
        raw = .allocate(capacity: 1)
        do throws(LoopError) {
            try LoopError.check(uv_loop_init(raw), "uv_loop_init")
        } catch {
            raw.deallocate()
            throw error
        }
        self.clock = clock
        readBuffer = ReadBuffer(for: raw)
        handles = try LoopHandles(on: raw)
        timers = TimerQueue(wakingBy: handles.timer, loop: raw, clock: clock)
    }

    /// The loop's own time in milliseconds, as of the start of the running phase. Cheap: no system call. See `uv_now`.
    package var now: Int64 { timers.cachedNow }

    /// Keeps the next poll from blocking, and the loop alive, until `releasePoll`.
    func retainPoll() {
        pollReasons += 1
        if pollReasons == 1 { handles.setIdle(true) }
    }

    func releasePoll() {
        pollReasons -= 1
        if pollReasons == 0 { handles.setIdle(false) }
    }

    /// True when `run` has returned, or is closing what was left open.
    var hasEnded: Bool { !timers.isOpen }

    /// True while something could still call back. See `uv_loop_alive`.
    var isAlive: Bool { uv_loop_alive(raw) != 0 }
}

// MARK: - Queues

extension EventLoop {
    /// Calls `callback` after the running callback, before the microtasks and before the loop goes on.
    ///
    /// - Complexity: O(1).
    public func nextTick(_ callback: @escaping () throws -> Void) {
        // As in Node: when the exit handlers run, there is no next tick.
        if stage == .running { ticks.append(Tick(callback: callback)) }
    }

    /// Calls `callback` after the running callback and its ticks, in one queue with resumed `async` code.
    ///
    /// - Complexity: O(1).
    public func queueMicrotask(_ callback: @escaping () throws -> Void) {
        if !hasEnded { microtasks.append(.callback(callback)) }
    }

    /// Calls `callback` in the check phase, after the I/O of this iteration.
    ///
    /// - Complexity: O(1).
    @discardableResult
    public func setImmediate(_ callback: @escaping () throws -> Void) -> Immediate {
        let immediate = Immediate(callback, on: self)
        if hasEnded { return immediate }
        immediates.append(immediate)
        retainPoll()
        return immediate
    }

    /// Calls `callback` once, when `delay` has passed.
    ///
    /// Delays are whole milliseconds from 1 to 2³¹ − 1; a fraction is cut, and what lies outside counts as 1. One that
    /// is too long is a `TimeoutOverflowWarning`, see ``onWarning``.
    /// - Complexity: O(1) for a delay that is in use already, O(log d) with d delays in use otherwise.
    @discardableResult
    public func setTimeout(_ delay: Duration, _ callback: @escaping () throws -> Void) -> Timeout {
        makeTimeout(delay, repeats: false, callback)
    }

    /// Calls `callback` again and again; each delay begins when the call before it began.
    ///
    /// A late call shifts all later ones; missed calls are not made up for.
    /// - Complexity: as ``setTimeout(_:_:)``.
    @discardableResult
    public func setInterval(_ delay: Duration, _ callback: @escaping () throws -> Void) -> Timeout {
        makeTimeout(delay, repeats: true, callback)
    }

    private func makeTimeout(_ delay: Duration, repeats: Bool, _ callback: @escaping () throws -> Void) -> Timeout {
        guard delay > Timeout.longestDelay else { return wait(delay, repeats: repeats, callback) }
        warn(.timeoutOverflow(delay))
        return wait(.zero, repeats: repeats, callback)
    }

    /// As ``setTimeout(_:_:)`` and ``setInterval(_:_:)``, for delays that are options of ours: one of more than 2³¹ − 1 ms
    /// is as long as asked, where Node's rule would make it 1 ms.
    @discardableResult
    package func wait(_ delay: Duration, repeats: Bool = false, _ callback: @escaping () throws -> Void) -> Timeout {
        Timeout(delay, repeats: repeats, callback, in: timers)
    }

    /// Runs `body` on the loop, from any thread: a callback of its own, in the poll phase.
    ///
    /// It does not keep the loop alive. What comes in when no loop runs waits for the next one. See `uv_async_send`.
    public nonisolated static func execute(_ body: @escaping @Sendable @LoopActor () throws -> Void) {
        LoopDoor.deliver(.callback(body))
    }

    func enqueue(_ job: UnownedJob) { microtasks.append(.job(job)) }
}
