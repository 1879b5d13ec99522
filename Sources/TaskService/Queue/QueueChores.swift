import TaskEngine
import UVCore

/// What the queue does by itself, a portion in a turn of the loop: it settles what ends have freed or doomed, and deletes
/// what has ended long ago.
///
/// Where several servers write to the log, what follows from an event is done by the one that has decided it; by another a
/// second later, if it is still to do. One of them deletes.
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
    private let servers: Servers
    private let retention: Retention
    private let loop = EventLoop.current
    private var pruner: Timeout?
    private var settling = Chore.idle
    private var pruning = Chore.idle
    /// Whether it is looked soon whether other servers have left something to settle.
    private var isLookDue = false
    private var requestIDs = RequestID.Source()

    init(_ board: TaskBoard, _ limits: QueueLimits) {
        self.board = board
        servers = board.servers
        retention = limits.retention
    }

    /// Begins, perhaps anew: what a crash has left is gone on with.
    func begin() {
        look(behind: .other)
        guard case nil = pruner else { return }
        pruner = loop.setInterval(Self.interval) { [self] in if servers.isFirst { prune(retention) } }.unref()
    }

    /// Settles in turns to come, if an event has left something to settle.
    func look(behind origin: EventOrigin) {
        guard case .idle = settling, !board.store.isSettled else { return }
        if origin == .other, servers.hasOthers { return lookLater() }
        settling = .underWay
        loop.setImmediate { [self] in
            submit(.settle(limit: Self.portion)) { [self] outcome in
                settling = .idle
                // What could not be settled now is looked at behind the next event.
                if outcome.hasDone { look(behind: .own) } else if !outcome.isKept { lookLater() }
            }
        }
    }

    private func lookLater() {
        guard !isLookDue else { return }
        isLookDue = true
        loop.wait(QueueClock.lag) { [self] in
            isLookDue = false
            look(behind: .own)
        }.unref()
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
}
