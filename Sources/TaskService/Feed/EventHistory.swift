import DequeModule
import TaskEngine
import TaskStorage
import UVCore

/// What has happened, for listeners that were away: the log's events, and the tasks as they are.
@LoopActor
final class EventHistory {
    /// How many events are read at once at most: a read is short, so that an append that stands behind it does not wait.
    nonisolated static let readLimit = 100

    /// How long a reader is waited for that comes from another server, and has had events there that have not come here.
    nonisolated static let patience = Duration.seconds(5)

    /// The number of the last event that the listeners were told of.
    @exclusivity(unchecked) var told = 0 {
        didSet { if !ahead.isEmpty { readWhatHasCome() } }
    }

    /// Writes events that were missed. Those that happen have another place, so that neither spoils the other's.
    let text: EventText

    private let board: TaskBoard
    private let log: any EventLog
    private let loop = EventLoop.current
    private var waiting = Deque<Read>()
    /// Those that are asked for behind an event that has not come yet, with the end of their patience.
    private var ahead: [(read: Read, end: Timeout)] = []
    private var isReading = false

    private final class Read {
        let sequence: Int
        let limit: Int
        let done: (LogHistory?) -> Void

        init(sequence: Int, limit: Int, done: @escaping (LogHistory?) -> Void) {
            (self.sequence, self.limit, self.done) = (sequence, limit, done)
        }
    }

    init(_ board: TaskBoard, _ log: any EventLog) {
        self.board = board
        self.log = log
        text = EventText(TaskText()) { board.store }
    }

    /// Whether events of other servers come here a moment later than to them.
    var isLate: Bool { !log.hasOneWriter }

    /// The name of the history; nil until the log has been read.
    var epoch: LogEpoch? { board.epoch }

    /// The text of ``epoch``.
    var epochName: String { board.epochName ?? "" }

    /// The tasks as they are now. To be looked at and let go of.
    var store: TaskStore { board.store }

    /// Reads the next events behind the one of that number, `limit` of them at most, and calls `done`, perhaps at once.
    ///
    /// One read is under way at a time, however many listeners come back at once: so an append waits for one at most. What
    /// is behind an event that is still on its way from another server is read when that has come; if it does not come since
    /// the log is not there, `done` gets nothing.
    func read(after sequence: Int, limit: Int, _ done: @escaping (LogHistory?) -> Void) {
        let read = Read(sequence: sequence, limit: limit, done: done)
        guard sequence <= told else { return wait(read) }
        waiting.append(read)
        readNext()
    }

    private func wait(_ read: Read) {
        let end = loop.wait(Self.patience) { [self] in
            guard let index = ahead.firstIndex(where: { $0.read === read }) else { return }
            ahead.remove(at: index)
            if case nil = log.trouble { read.done(.gone) } else { read.done(nil) }
        }
        ahead.append((read, end.unref()))
    }

    private func readWhatHasCome() {
        for (read, end) in ahead where read.sequence <= told {
            end.cancel()
            waiting.append(read)
        }
        ahead.removeAll { $0.read.sequence <= told }
        // Behind the event of now, which the listeners are about to be told of.
        loop.setImmediate { [self] in readNext() }
    }

    private func readNext() {
        guard !isReading, let next = waiting.popFirst() else { return }
        isReading = true
        log.events(after: next.sequence, limit: next.limit) { [self] result in
            isReading = false
            switch result {
            case .success(let history): next.done(history)
            // Events that a disk does not give are gone, for a listener: the tasks are still here.
            case .failure: next.done(log.hasOneWriter ? .gone : nil)
            }
            readNext()
        }
    }
}
