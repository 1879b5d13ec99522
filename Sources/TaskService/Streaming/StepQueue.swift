import DequeModule
import UVCore

/// Long work of many requests, in pieces: all of it together has about two milliseconds of a turn of the loop, so that
/// no other client waits for it. What is left goes on in the next turn, one piece after the other in a circle.
@LoopActor
final class StepQueue {
    /// How long pieces are taken up in one turn. The last of them may end later, so a piece is short.
    nonisolated static let budget: Duration = .milliseconds(2)

    /// How many tasks or edges a piece looks at: a few tenths of a millisecond.
    nonisolated static let looks = 1_000

    /// A piece of the work; returns whether there is more.
    typealias Piece = () -> Bool

    /// The queue of the loop that runs.
    static var current: StepQueue {
        if let last, last.loop === EventLoop.current { return last }
        let queue = StepQueue()
        last = queue
        return queue
    }

    private static var last: StepQueue?

    private weak var loop = EventLoop.current
    private let now: () -> ContinuousClock.Instant
    private var pieces = Deque<Piece>()
    private var isScheduled = false

    init(now: @escaping () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// Does `piece` in turns to come, again and again until it returns false.
    func add(_ piece: @escaping Piece) {
        pieces.append(piece)
        schedule()
    }

    private func schedule() {
        guard !isScheduled, !pieces.isEmpty else { return }
        isScheduled = true
        loop?.setImmediate { [self] in
            isScheduled = false
            takeTurn()
            schedule()
        }
    }

    private func takeTurn() {
        let end = now() + Self.budget
        repeat {
            guard let piece = pieces.popFirst() else { return }
            if piece() { pieces.append(piece) }
        } while now() < end
    }
}
