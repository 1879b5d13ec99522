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
        guard let running else { programError("no event loop runs; start one with EventLoop.run") }
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

    /// What is written down of the turns, while a tracer is there.
    var traceRing: TraceRing?

    /// Standard input and output, each made at its first use.
    var standard = StandardStreams()

    /// What is told of the loop's end beside the handles.
    var toldOfEnd: [ObjectIdentifier: any EndsWithLoop] = [:]

    // MARK: State

    /// What each callback touches.
    struct State {
        var ticks = TickQueue()
        var microtasks = Deque<Microtask>()
        /// What tasks have thrown since the queues were last empty.
        var taskErrors: [any Error] = []

        /// What `atCheck` has put off to the start of check, before the immediates.
        var checkWork: [Tick] = []

        /// Sockets with corked output, written when the running callback's queues have drained.
        var corked = CorkedSockets()

        /// Memory for what they collect.
        var outputBuffers = OutputBufferPool()

        /// Servers that hold an accepted connection back until the next iteration.
        var parkedServers: [Server] = []

        /// Why the poll must not block: referenced immediates, and work for the check phase.
        var pollReasons = 0

        /// Whether a check phase comes.
        var hasCheck = false

        /// How many callbacks of the loop are on the stack. Queues drain when the outermost has returned.
        var depth = 0

        /// How far the program has come.
        var stage = LoopStage.running

        /// What was called so far, and where in its turn the loop is.
        var counts = LoopCounts()
        var phase = LoopPhase.outside

        /// Whether it is written down.
        var isTraced = false
    }

    // Unchecked for exclusive access: nothing of the program runs while a part of it is being changed, and the checks would
    // cost as much as the queues.
    @exclusivity(unchecked) var state = State()

    let timers: TimerQueue
    let immediates = ImmediateQueue()

    let raw: UnsafeMutablePointer<uv_loop_t>
    let clock: LoopClock
    let handles: LoopHandles
    let readBuffer: ReadBuffer

    /// What the layer of a socket has made of a read, until the program has had it.
    lazy var layerContent = OutputBuffer(capacity: ReadBuffer.size + Socket.layerBacklog)

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

    /// The iterations begun, to tell apart events of the same and of different turns.
    package var iteration: UInt64 { state.counts.iterations }

    /// Keeps the next poll from blocking, and the loop alive, until `releasePoll`.
    func retainPoll() {
        state.pollReasons += 1
        if state.pollReasons == 1 { handles.setIdle(true) }
    }

    func releasePoll() {
        state.pollReasons -= 1
        if state.pollReasons == 0 { handles.setIdle(false) }
    }

    /// Whether the loop calls the program no more: `onExit` runs, or the end has come. False again while the microtasks run
    /// that `onExit` has left.
    package var isExiting: Bool { !state.stage.isCalling }

    /// True when `run` has returned, or is closing what was left open.
    var hasEnded: Bool { state.stage == .closed }

    /// True while something could still call back. See `uv_loop_alive`.
    var isAlive: Bool { uv_loop_alive(raw) != 0 }
}
