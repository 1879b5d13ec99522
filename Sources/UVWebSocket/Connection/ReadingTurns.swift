import UVCore

/// What one WebSocket has used of a turn of the loop: the frames that were heard, and the time that they took.
///
/// A peer can fill a read with thousands of frames. They are all heard, but some in each turn, so that the other clients of
/// the one thread need not wait for all of them.
struct ReadingBudget {
    private var turn: UInt64 = 0
    private var frames = 0
    /// When the second frame began, in nanoseconds: most turns bring one, whose time is not of interest.
    private var start: Int64 = 0

    /// Whether another frame may be heard in this turn of `loop`; if so, it counts.
    @LoopActor
    mutating func allowsFrame(on loop: EventLoop, _ shared: SharedLimits) -> Bool {
        guard turn == loop.iteration else {
            (turn, frames) = (loop.iteration, 1)
            return true
        }
        guard frames < shared.limits.framesPerTurn else { return false }
        if frames == 1 {
            start = loop.preciseTime
        } else if loop.preciseTime - start >= shared.limits.timePerTurn.wholeNanoseconds {
            return false
        }
        frames += 1
        return true
    }
}

/// The WebSockets of a loop that have read more than they may hear in one turn, in the order in which they go on. All of
/// them together have two milliseconds of a turn, and the others keep their places.
@LoopActor
final class ReadingTurns {
    nonisolated private static let budget: Duration = .milliseconds(2)

    /// Those of the loop that runs.
    static var current: ReadingTurns {
        if let last, last.loop === EventLoop.current { return last }
        let turns = ReadingTurns()
        last = turns
        return turns
    }

    private static var last: ReadingTurns?

    private weak var loop = EventLoop.current
    private var waiting: [WebSocket] = []
    private var isScheduled = false

    /// Lets `socket` go on in the next turn, behind those that wait already.
    func add(_ socket: WebSocket) {
        waiting.append(socket)
        schedule()
    }

    private func schedule() {
        guard !isScheduled, !waiting.isEmpty, let loop else { return }
        isScheduled = true
        loop.setImmediate { [self] in
            isScheduled = false
            takeTurn(on: loop)
            schedule()
        }
    }

    private func takeTurn(on loop: EventLoop) {
        let sockets = waiting
        waiting = []
        let end = loop.preciseTime + Self.budget.wholeNanoseconds
        for (index, socket) in sockets.enumerated() {
            guard index == 0 || loop.preciseTime < end else {
                // In front of those that wait for the second time.
                waiting.insert(contentsOf: sockets[index...], at: 0)
                return
            }
            socket.takeTurn()
        }
    }
}
