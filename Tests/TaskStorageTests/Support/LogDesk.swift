import TaskEngine
import Testing
import UVCore

@testable import TaskStorage

/// A ledger, the log behind it, and what came of each append.
@LoopActor
final class LogDesk {
    let log: any EventLog
    private(set) var ledger = TaskLedger()
    private(set) var position: LogPosition?
    private var waiting: [Decision] = []
    private var count = 0
    private(set) var failures: [LogError] = []

    /// Called behind what other servers have written.
    var onNews: (([TaskEvent]) -> Void)?

    /// Called when it has all anew.
    var onReload: ((LogStart) -> Void)?

    init(_ log: any EventLog) {
        self.log = log
        log.onNews = { [weak self] events, position in
            self?.follow(events, to: position)
            self?.onNews?(events)
        }
        log.onReload = { [weak self] start in
            self?.take(start)
            self?.onReload?(start)
        }
    }

    convenience init(_ path: String, limits: HistoryLimits = HistoryLimits()) throws {
        self.init(try SQLiteLog(path, limits: limits))
    }

    /// Opens and reads the log; `done` gets what it has.
    func start(_ done: @escaping (Result<LogStart, LogError>) -> Void) {
        log.open { [self] result in
            if case .failure(let error) = result { return done(.failure(error)) }
            log.load { [self] result in
                if case .success(let start) = result { take(start) }
                done(result)
            }
        }
    }

    /// Decides the commands, appends what follows in one piece, and calls `done` when it is kept and committed, or failed.
    func submit(_ actions: [TaskCommand.Action], at milliseconds: Int64 = 0, then done: @escaping () -> Void) {
        guard let position else { return }
        let decisions = actions.map { action in
            count += 1
            let time = Timestamp(milliseconds: milliseconds)
            return ledger.decide(TaskCommand(action, requestID: "request-\(count)", timestamp: time))
        }
        let conclude: (AppendOutcome) -> Void = { [self] outcome in
            // It holds the desk, which holds the log.
            log.onOutcome = nil
            switch outcome {
            case .kept(let position):
                self.position = position
                for decision in decisions { ledger.commit(decision) }
            case .failed(let error):
                failures.append(error)
                ledger.drop()
            case .behind(let events, let position):
                follow(events, to: position)
            }
            done()
        }
        log.onOutcome = conclude
        if let outcome = log.append(decisions.flatMap(\.events), behind: position) { conclude(outcome) }
    }

    private func take(_ start: LogStart) {
        ledger = TaskLedger(store: start.store)
        position = start.position
    }

    private func follow(_ events: [TaskEvent], to position: LogPosition) {
        ledger.drop()
        do { for event in events { try ledger.follow(event) } } catch { Issue.record(error) }
        self.position = position
    }

    /// Submits one batch after the other.
    func submitAll(_ batches: [[TaskCommand.Action]], then done: @escaping () -> Void) {
        guard let first = batches.first else { return done() }
        submit(first) { [self] in submitAll(Array(batches.dropFirst()), then: done) }
    }
}

extension TaskID {
    /// The id of the `number`-th task of a test.
    static func test(_ number: Int) -> TaskID { TaskID(high: UInt64(number) << 16 | 0x7000, low: 0b10 << 62) }
}

extension TaskFields {
    init(
        title: String? = nil, description: String? = nil, status: TaskStatus? = nil, priority: Int? = nil,
        needs: [TaskID]? = nil, project: String?? = nil
    ) throws {
        self.init()
        if let title { try set(title: title) }
        if let description { try set(description: description) }
        if let status { set(status: status) }
        if let priority { try set(priority: priority) }
        if let needs { try set(dependencies: needs) }
        if let project { try set(project: project) }
    }
}
