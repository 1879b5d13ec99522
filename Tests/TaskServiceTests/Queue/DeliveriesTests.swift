import TaskEngine
import Testing

@testable import TaskService

@Suite("Deliveries")
struct DeliveriesTests {
    private final class Recipient {}

    private func claimed(_ fence: Int) -> ClaimedTask {
        let zero = Timestamp(milliseconds: 0)
        var work = WorkState()
        work.lease = Lease(
            worker: "w", fence: fence, length: .seconds(5), timeout: nil, claimKey: nil, since: zero)
        let task = TaskRecord(
            id: TaskID(high: 1 << 12, low: UInt64(fence)), title: "a", status: .inProgress, createdAt: zero,
            updatedAt: zero, revision: fence, since: Since(at: 0, by: fence), work: work)
        return ClaimedTask(task: task, payload: nil)
    }

    @Test("A lease is the last recipient's; an answer that has ended ends no lease a second time")
    func last() {
        let (one, other) = (Recipient(), Recipient())
        let tasks = (1...3).map { claimed($0) }
        var deliveries = Deliveries<Recipient>()
        deliveries.begin(tasks, to: one)
        deliveries.begin([tasks[1]], to: other)
        let first = deliveries.end(tasks, to: one)
        let again = deliveries.end(tasks, to: one)
        let second = deliveries.end([tasks[1]], to: other)
        #expect(first.map(\.fence) == [1, 3] && again.isEmpty && second.map(\.fence) == [2])
        #expect(deliveries.count == 0)
    }
}
