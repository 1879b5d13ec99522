import TaskEngine
import Testing

@testable import TaskService

@Suite struct SyntheticWorkTests {
    /// What Node computes: `Math.round(sum * 1e4) / 1e4`.
    @Test("The sum is that of the formula, rounded to four places", arguments: [(1, 0.0), (2, 1.19), (1_000, 65.7829)])
    func sum(iterations: Int, expected: Double) {
        let outcome = SyntheticWork.run(iterations)
        #expect(outcome.result == expected && outcome.isComplete)
    }

    @Test("Work that takes too long, or that nobody waits for, stops and says so")
    func stopped() {
        #expect(!SyntheticWork.run(1_000_000_000, limit: .milliseconds(20)).isComplete)
        #expect(!SyntheticWork.run(1_000_000_000, isCancelled: { true }).isComplete)
        #expect(SyntheticWork.run(1_000, isCancelled: { true }).isComplete)
    }

    @Test("A summary counts what is blocked, and by status and priority")
    func summary() {
        var store = TaskStore()
        var ids: [TaskID] = []
        func add(_ status: TaskStatus, _ priority: Int, needs: [TaskID] = []) throws {
            let id = TaskID(high: 1, low: UInt64(ids.count))
            let task = TaskRecord(
                id: id, title: "a", status: status, priority: priority, dependencies: needs,
                createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0), revision: ids.count + 1)
            try store.apply(
                TaskEvent(
                    .created(task), sequence: ids.count + 1, requestID: "r", timestamp: Timestamp(milliseconds: 0)))
            ids.append(id)
        }
        #expect(throws: Never.self) {
            try add(.completed, 8)
            try add(.pending, 7, needs: [ids[0]])
            try add(.pending, 4, needs: [ids[1], ids[0]])
            try add(.inProgress, 3, needs: [TaskID(high: 9, low: 9)])
        }
        var summary = TaskSummary()
        for task in store.tasks() { summary.add(task, in: store) }
        #expect(summary.totalTasks == 4 && summary.blockedTasks == 2 && summary.totalDependencies == 4)
        #expect(summary.byStatus == [.completed: 1, .pending: 2, .inProgress: 1])
        #expect(summary.byPriority == [.high: 1, .medium: 2, .low: 1])
    }
}
