/// How often the loop has turned, and what it has called in which phase.
public struct LoopCounts: Hashable, Sendable {
    /// Callbacks of the program, each with the ticks and microtasks behind it counted as one.
    public struct Callbacks: Hashable, Sendable {
        /// Timeouts and intervals.
        public internal(set) var timers = 0
        /// I/O, signals, finished jobs and what other threads handed over.
        public internal(set) var poll = 0
        /// Immediates, and what is collected for sending.
        public internal(set) var check = 0
        /// The ends of handles.
        public internal(set) var closing = 0
    }

    /// Turns begun.
    public internal(set) var iterations: UInt64 = 0

    /// Callbacks made, by phase.
    public internal(set) var callbacks = Callbacks()

    /// Ticks that ran behind them.
    public internal(set) var ticks = 0

    /// Microtasks that ran behind them: callbacks, and parts of Swift tasks.
    public internal(set) var microtasks = 0
}

extension LoopCounts.Callbacks {
    mutating func count(_ phase: LoopPhase) {
        switch phase {
        case .outside: break
        case .timers: timers &+= 1
        case .poll: poll &+= 1
        case .check: check &+= 1
        case .closing: closing &+= 1
        }
    }
}
