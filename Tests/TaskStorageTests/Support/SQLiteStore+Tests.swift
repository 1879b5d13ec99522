import TaskEngine
import Testing

@testable import TaskStorage

extension SQLiteStore {
    /// Makes a store of what comes of the commands, an append for each, and returns the fold of its log.
    @discardableResult
    static func make(_ path: String, _ actions: [TaskCommand.Action]) throws -> TaskStore {
        let store = try SQLiteStore(path)
        var position = try store.load().position
        var ledger = TaskLedger()
        for action in actions {
            let time = Timestamp(milliseconds: 0)
            let decision = ledger.decide(TaskCommand(action, requestID: "request", timestamp: time))
            ledger.commit(decision)
            guard case .kept(let end) = store.append(decision.events, behind: position) else {
                Issue.record("an append failed")
                break
            }
            position = end
        }
        try store.close()
        return ledger.store
    }

    /// The events behind the one of that number, however old they are.
    func history(after sequence: Int, limit: Int) throws -> LogHistory {
        let now = Timestamp(milliseconds: 0)
        return try history(after: sequence, limit: limit, within: HistoryLimits(), now: now)
    }
}

extension TaskID {
    /// The id as SQL.
    var literal: String { "x'\(description.filter { $0 != "-" })'" }
}
