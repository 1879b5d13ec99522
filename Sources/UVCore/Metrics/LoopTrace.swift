/// What a loop did for a time, turn by turn: when it slept, what woke it, and each callback with the ticks and microtasks
/// behind it. Taken by a ``LoopTracer``.
///
/// All times are counted from ``LoopTracer``'s beginning.
public struct LoopTrace: Hashable, Sendable {
    /// One turn: a poll, and the callbacks until the next one.
    public struct Turn: Hashable, Sendable {
        /// The loop's number of the turn, as ``LoopCounts/iterations``. Nil of callbacks before the first poll that was traced.
        public internal(set) var iteration: UInt64?
        /// When the poll began.
        public internal(set) var start: Duration
        /// How long the poll waited, with the system calls that ask whether it has to.
        public internal(set) var slept: Duration
        /// What ended the wait.
        public internal(set) var wokenBy: Wake
        /// What was called, in the order in which it was.
        public internal(set) var callbacks: [Callback] = []
    }

    /// What ended a poll.
    public enum Wake: Hashable, Sendable {
        /// Something happened, and this was called first for it.
        case event(LoopCallback)
        /// A timeout was due.
        case timeout
        /// The poll did not wait: immediates, or something to be sent, were queued.
        case immediates
        /// Something of the loop's own for which nothing of the program is called.
        case other
    }

    /// One callback of the program, with the queues that drained behind it.
    public struct Callback: Hashable, Sendable {
        /// What called.
        public let kind: LoopCallback
        /// The phase of the loop in which it did.
        public let phase: LoopPhase
        /// When it began.
        public let start: Duration
        /// How long it took, the queues behind it included.
        public let length: Duration
        /// The ticks that ran behind it.
        public let ticks: Int
        /// The microtasks that ran behind it: callbacks, and parts of Swift tasks.
        public let microtasks: Int
    }

    /// The turns, the earliest first.
    public let turns: [Turn]

    /// How many records the ring had no place for: the earliest of the time.
    public let lost: Int
}

/// Where in its turn the loop is.
public enum LoopPhase: String, Hashable, Sendable, CaseIterable {
    /// Before the first turn and after the last: nothing is counted.
    case outside
    /// Timeouts and intervals.
    case timers
    /// I/O, signals, finished jobs and what other threads handed over.
    case poll
    /// What was put off to it, and then immediates.
    case check
    /// The ends of handles.
    case closing
}

/// What a callback of the loop is called for, named as in libuv where it has the name.
public enum LoopCallback: String, Hashable, Sendable, CaseIterable {
    /// The main program.
    case main
    /// A timeout or an interval.
    case timeout
    /// An immediate.
    case immediate
    /// What a turn has put off to the start of check: what it collected is sent, a time-out is judged, a handshake goes on.
    case deferred
    /// A server has a new connection (`uv_listen`).
    case connection
    /// A socket is connected, or could not be (`uv_connect_t`).
    case connect
    /// Bytes or the end of them have come (`uv_read_start`).
    case read
    /// Bytes are written, or could not be (`uv_write_t`).
    case write
    /// A socket's writing side is shut (`uv_shutdown_t`).
    case shutdown
    /// A handle is closed (`uv_close`).
    case close
    /// A name is resolved (`uv_getaddrinfo_t`).
    case lookup
    /// A file's operation has ended (`uv_fs_t`).
    case file
    /// A file that is watched has changed (`uv_fs_event_t`).
    case fileChange
    /// A job on another thread has ended (`uv_work_t`).
    case work
    /// A signal has come (`uv_signal_t`).
    case signal
    /// A child process has ended (`uv_process_t`).
    case exit
    /// Another thread has handed something over (`uv_async_t`).
    case async
    /// Nothing is left to wait for (``EventLoop/onBeforeExit``).
    case beforeExit
    /// Anything else.
    case other
}
