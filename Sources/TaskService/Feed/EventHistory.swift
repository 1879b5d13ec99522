import DequeModule
import TaskEngine
import TaskStorage
import UVCore

/// What has happened, for listeners that were away: the log's events, and the tasks as they are.
@LoopActor
final class EventHistory {
    /// How many events are read at once at most: a read is short, so that an append that stands behind it does not wait.
    nonisolated static let readLimit = 100

    /// The number of the last event that the listeners were told of.
    @exclusivity(unchecked) var told = 0

    /// Writes events that were missed. Those that happen have another place, so that neither spoils the other's.
    let text: EventText

    private let board: TaskBoard
    private let log: any EventLog
    private var waiting = Deque<Read>()
    private var isReading = false

    private struct Read {
        let sequence: Int
        let limit: Int
        let done: (LogHistory) -> Void
    }

    init(_ board: TaskBoard, _ log: any EventLog) {
        self.board = board
        self.log = log
        text = EventText(TaskText()) { board.store }
    }

    /// The name of the history; nil until the log has been read.
    var epoch: LogEpoch? { board.epoch }

    /// The text of ``epoch``.
    var epochName: String { board.epochName ?? "" }

    /// The tasks as they are now. To be looked at and let go of.
    var store: TaskStore { board.store }

    /// Reads the next events behind the one of that number, `limit` of them at most, and calls `done`, perhaps at once.
    ///
    /// One read is under way at a time, however many listeners come back at once: so an append waits for one at most.
    func read(after sequence: Int, limit: Int, _ done: @escaping (LogHistory) -> Void) {
        waiting.append(Read(sequence: sequence, limit: limit, done: done))
        readNext()
    }

    private func readNext() {
        guard !isReading, let next = waiting.popFirst() else { return }
        isReading = true
        log.events(after: next.sequence, limit: next.limit) { [self] result in
            isReading = false
            // Events that cannot be read are gone, for a listener: the tasks are still here.
            next.done((try? result.get()) ?? .gone)
            readNext()
        }
    }
}
