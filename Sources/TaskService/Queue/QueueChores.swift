import TaskEngine
import UVCore

/// What the queue does by itself, a portion in a turn of the loop: it settles what ends have freed or doomed, and deletes
/// what has ended long ago.
@LoopActor
final class QueueChores {
    /// How many tasks one append settles or deletes.
    nonisolated static let portion = 500
    /// How often what has ended is looked at.
    nonisolated static let interval = Duration.seconds(1)

    private enum Chore {
        case idle, underWay
    }

    private let board: TaskBoard
    private let retention: Retention
    private let loop = EventLoop.current
    private var pruner: Timeout?
    private var settling = Chore.idle
    private var pruning = Chore.idle
    private var requestIDs = RequestID.Source()

    init(_ board: TaskBoard, _ limits: QueueLimits) {
        self.board = board
        retention = limits.retention
    }

    /// Begins, perhaps anew: what a crash has left is gone on with.
    func begin() {
        look()
        guard case nil = pruner else { return }
        pruner = loop.setInterval(Self.interval) { [self] in prune(retention) }.unref()
    }

    /// Settles in turns to come, if there is something to settle.
    func look() {
        guard case .idle = settling, !board.store.isSettled else { return }
        settling = .underWay
        loop.setImmediate { [self] in
            submit(.settle(limit: Self.portion)) { [self] outcome in
                settling = .idle
                // What could not be settled now is looked at behind the next event.
                if outcome.hasDone { look() } else if !outcome.isKept { goOn(after: .seconds(1)) { [self] in look() } }
            }
        }
    }

    /// The bodies have as many bytes as they may: those that ended first go, however long ago that is.
    func makeRoom() {
        var retention = retention
        retention.count = max(0, board.store.endedCount - Self.portion)
        prune(retention)
    }

    private func prune(_ retention: Retention) {
        guard case .idle = pruning else { return }
        pruning = .underWay
        submit(.prune(retention, limit: Self.portion)) { [self] outcome in
            pruning = .idle
            if outcome.hasMore { loop.setImmediate { [self] in prune(retention) } }
        }
    }

    private struct Outcome {
        var isKept = false
        /// Whether anything was changed.
        var hasDone = false
        var hasMore = false
    }

    private func submit(_ command: WorkCommand, _ done: @escaping (Outcome) -> Void) {
        let command = TaskCommand(
            .work(command), requestID: RequestName(requestIDs.next()), timestamp: .now, random: board.randomBits())
        let sequence = board.store.sequence
        board.submit(command) { [board] result in
            guard case .success(let outcome) = result else { return done(Outcome()) }
            var hasMore = false
            if case .swept(let more) = outcome { hasMore = more }
            done(Outcome(isKept: true, hasDone: board.store.sequence > sequence, hasMore: hasMore))
        }
    }

    private func goOn(after delay: Duration, _ body: @escaping () -> Void) { loop.wait(delay) { body() }.unref() }
}
