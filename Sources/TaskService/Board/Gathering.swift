/// Whether an append waits for more changes: clients that were answered together ask again together.
///
/// ```
///   kept ─▶ answered ─▶ a poll: 40 more ─▶ a poll: 9 more ─▶ a poll: none ─▶ append
/// ```
///
/// Without it such clients fall into two groups that take turns, each in a commit of its own. Nothing sleeps: an append
/// waits from one poll to the next, which returns at once, and the first that brings no change is the last. Nor does it
/// wait longer than half the time that the last append took, which is what one commit less can save.
struct Gathering {
    private enum State {
        case none
        /// Changes were answered. As many as `wanted` wait when all that were answered have asked again.
        case answered(wanted: Int, patience: Int64)
        case looking(wanted: Int, seen: Int, deadline: Int64)
    }

    private var state = State.none
    private var beganAt: Int64 = 0

    /// An append begins. Times are nanoseconds of the loop's clock.
    mutating func begin(at now: Int64) {
        beganAt = now
        state = .none
    }

    /// The append was kept: so many changes are about to be answered, and so many wait.
    mutating func end(answering count: Int, waiting: Int, at now: Int64) {
        state = .answered(wanted: count + waiting, patience: (now - beganAt) / 2)
    }

    /// Whether the next append waits for another poll, when so many changes wait.
    mutating func goesOn(waiting count: Int, at now: Int64) -> Bool {
        switch state {
        case .answered(let wanted, let patience) where count < wanted && patience > 0:
            state = .looking(wanted: wanted, seen: count, deadline: now + patience)
        case .looking(let wanted, let seen, let deadline) where seen < count && count < wanted && now < deadline:
            state = .looking(wanted: wanted, seen: count, deadline: deadline)
        default:
            state = .none
            return false
        }
        return true
    }
}
