import Logging
import LoopTesting
import TaskEngine
import TaskStorage
import Testing
import UVCore

@testable import TaskService

@Suite("Leases that are renewed again and again")
struct LongLeaseTests {
    /// What the queue has logged.
    private final class Lines: LogHandler, @unchecked Sendable {
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info
        private(set) var texts: [String] = []

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) { texts.append("\(event.level) \(event.message)") }
    }

    @Test("A lease that is renewed for more than 100 times its length is warned of once, at 100 times it is not")
    func warning() async {
        let (clock, lines) = (ManualClock(), Lines())
        let code = await withLoop(clock: .manual(clock)) { _ in
            let queue = WorkQueue(TaskBoard(StubbornLog()), QueueLimits(), Logger(label: "test") { _ in lines })
            let (id, zero) = (TaskID(high: 7 << 12, low: 1), Timestamp(milliseconds: 0))
            var work = WorkState()
            work.lease = Lease(
                worker: "w", fence: 5, length: .seconds(5), timeout: nil, claimKey: nil, since: zero)
            let task = TaskRecord(
                id: id, title: "a", status: .inProgress, createdAt: zero, updatedAt: zero, revision: 5,
                since: Since(at: 0, by: 5), work: work)
            queue.hear(
                TaskEvent(.updated(task, changes: []), sequence: 5, requestID: "r", timestamp: zero), from: .own)
            for _ in 0..<250 {
                clock.advance(by: .seconds(2))
                queue.renew(id, fence: 5, length: nil)
            }
            #expect(lines.texts.isEmpty, "500 seconds")
            for _ in 0..<5 {
                clock.advance(by: .seconds(2))
                queue.renew(id, fence: 5, length: nil)
            }
            #expect(lines.texts.count == 1 && lines.texts.first?.hasPrefix("warning Task \(id): ") == true)
        }
        #expect(code == 0)
    }
}
