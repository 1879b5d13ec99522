/// How far a program has come, in this order.
enum LoopStage: UInt8, Comparable {
    /// Callbacks run.
    case running
    /// The loop has ended by itself, and so has `onExit`: what that has left in the microtask queue runs, ticks do not.
    case lastMicrotasks
    /// `onExit` runs, and nothing else.
    case callingOnExit
    /// Nothing of the program runs any more.
    case over
    /// The handles are closed, or being closed: nothing can be begun any more.
    case closed

    static func < (one: LoopStage, other: LoopStage) -> Bool { one.rawValue < other.rawValue }
}
