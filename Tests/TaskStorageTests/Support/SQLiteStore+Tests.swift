import TaskEngine
import Testing

@testable import TaskStorage

extension SQLiteStore {
    /// Makes a store of what comes of the commands, an append for so many of them, and returns the fold of its log.
    @discardableResult
    static func make(_ path: String, _ actions: [TaskCommand.Action], together: Int = 1) throws -> TaskStore {
        let store = try SQLiteStore(path)
        var position = try store.load().position
        var ledger = TaskLedger()
        for first in stride(from: 0, to: actions.count, by: together) {
            let events = actions[first..<min(first + together, actions.count)].flatMap { action in
                ledger.decide(TaskCommand(action, requestID: "request", timestamp: .start)).events
            }
            ledger.commit(events)
            guard case .kept(let end) = store.append(events, behind: position) else {
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

extension Timestamp {
    /// The time of what a test does not name the time of.
    static var start: Timestamp { Timestamp(milliseconds: 0) }
}

extension IdempotencyKey {
    /// The key of the `number`-th change of a test.
    static func test(_ number: Int) -> IdempotencyKey {
        IdempotencyKey(
            name: Fingerprint(high: UInt64(number), low: 0), content: Fingerprint(high: 0, low: UInt64(number)))
    }
}
