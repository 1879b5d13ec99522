import TaskEngine
import Testing
import UVCore

@testable import TaskStorage

/// A log that answers when the test says so, and as it says.
@LoopActor
final class StubbornLog: EventLog {
    let hasOneWriter: Bool
    var trouble: String?
    var onTrouble: ((String?) -> Void)?
    var onOutcome: ((AppendOutcome) -> Void)?
    var onDeath: ((Int) -> Void)?
    var onReload: ((LogStart) -> Void)?

    /// This server, and the others that are alive.
    var (server, others): (Int, Set<Int>) = (0, [])
    var isHeard = true
    var hasOthers: Bool { !others.isEmpty }
    var isFirst: Bool { others.allSatisfy { $0 > server } }

    /// Whether the tasks are read until the log is closed.
    var readsOn = false
    private var reading: ((Result<LogStart, LogError>) -> Void)?
    private(set) var appended: [[TaskEvent]] = []
    var history: Result<LogHistory, LogError> = .success(.gone)
    private(set) var isAsked = false
    private(set) var isClosed = false
    private var position = LogPosition(epoch: LogEpoch(number: 1), sequence: 0, append: 0)

    init(hasOneWriter: Bool = true) { self.hasOneWriter = hasOneWriter }

    func open(_ done: @escaping (Result<Void, LogError>) -> Void) { done(.success(())) }

    func load(_ done: @escaping (Result<LogStart, LogError>) -> Void) {
        guard !readsOn else { return reading = done }
        done(.success(LogStart(store: TaskStore(), position: position)))
    }

    func append(_ events: [TaskEvent], behind position: LogPosition) -> AppendOutcome? {
        #expect(!isAsked && position == self.position, "one append at a time, behind the end")
        isAsked = true
        appended.append(events)
        return nil
    }

    func events(after sequence: Int, limit: Int, _ done: @escaping (Result<LogHistory, LogError>) -> Void) {
        done(history)
    }

    func isAlive(_ server: Int) -> Bool { server == self.server || others.contains(server) }

    private(set) var timesReadAnew = 0

    func readAnew() { timesReadAnew += 1 }

    /// A server dies.
    func die(_ server: Int) {
        others.remove(server)
        onDeath?(server)
    }

    func close(_ done: @escaping () -> Void) {
        isClosed = true
        reading.take()?(.failure(.refused("the log is closed")))
        done()
    }

    /// Answers the append that is under way, if one is.
    func answer() {
        let last = appended.last?.last?.sequence ?? position.sequence
        say(.kept(LogPosition(epoch: position.epoch, sequence: last, append: position.append + 1)))
    }

    /// Says that others have written first.
    func write(_ others: [TaskEvent]) {
        let last = others.last?.sequence ?? position.sequence
        say(.behind(others, LogPosition(epoch: position.epoch, sequence: last, append: position.append + 1)))
    }

    func fail(_ error: LogError = .refused("the disk is full")) { say(.failed(error)) }

    private func say(_ outcome: AppendOutcome) {
        guard isAsked else { return }
        isAsked = false
        switch outcome {
        case .kept(let position), .behind(_, let position): self.position = position
        case .failed: break
        }
        onOutcome?(outcome)
    }
}
