/// How far a program has come, in this order.
enum LoopStage {
    /// Callbacks run.
    case running
    /// `onExit` runs, and nothing else.
    case callingOnExit
    /// The loop has ended by itself, and so has `onExit`: what that has left in the microtask queue runs, ticks do not.
    case lastMicrotasks
    /// Nothing of the program runs any more.
    case over
    /// The handles are closed, or being closed: nothing can be begun any more.
    case closed

    /// Whether the loop calls the program.
    var isCalling: Bool { self == .running || self == .lastMicrotasks }

    /// Whether the loop calls the program never again.
    var isOver: Bool { self == .over || self == .closed }
}
