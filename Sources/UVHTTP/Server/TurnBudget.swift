import UVCore

/// What one connection has used of a turn of the loop: its requests, and the time that they took.
///
/// A client that pipelines can fill a read with thousands of requests. They are all answered, but a few in each turn,
/// so that the other clients of the one thread need not wait for all of them.
struct TurnBudget {
    private var turn: UInt64 = 0
    private var requests = 0

    /// When the first request began, in nanoseconds; nil where only one has come, whose time is not of interest.
    private var start: Int64?

    /// Whether another request may begin in this turn of `loop`.
    @LoopActor
    @inline(__always)
    mutating func allowsRequest(on loop: EventLoop, _ limits: HTTPLimits) -> Bool {
        guard turn == loop.iteration else {
            (turn, requests, start) = (loop.iteration, 0, nil)
            return true
        }
        if requests == 0 { return true }
        guard requests < limits.requestsPerTurn else { return false }
        guard let start else { return true }
        return loop.preciseTime - start < limits.timePerTurn.wholeNanoseconds
    }

    /// A request begins.
    ///
    /// - Parameter isFollowed: Whether more has arrived behind it: only then the clock is looked at.
    @LoopActor
    mutating func beginRequest(on loop: EventLoop, isFollowed: Bool) {
        requests &+= 1
        if isFollowed, start == nil { start = loop.preciseTime }
    }
}
