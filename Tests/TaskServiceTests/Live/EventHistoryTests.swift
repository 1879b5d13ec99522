import LoopTesting
import TaskEngine
import TaskStorage
import Testing
import UVCore

@testable import TaskService

@Suite("The history that listeners come back to")
struct EventHistoryTests {
    @Test("Events that several servers share and that cannot be read now are not gone", arguments: [true, false])
    func unreadable(hasOneWriter: Bool) async {
        let code = await withLoop { _ in
            let log = StubbornLog(hasOneWriter: hasOneWriter)
            log.history = .failure(.refused("Redis is not there"))
            var answers: [Bool] = []
            EventHistory(TaskBoard(log), log).read(after: 0, limit: 1) { answer in
                if case .gone = answer { answers.append(true) } else { answers.append(answer != nil) }
            }
            #expect(answers == [hasOneWriter])
        }
        #expect(code == 0)
    }

    /// Notes what a pump says.
    private final class Outlet: FeedOutlet {
        let isFull = false
        private(set) var openings: [Feed.Opening] = []
        private(set) var others: [String] = []

        func begin(_ opening: Feed.Opening) { openings.append(opening) }
        func send(_ json: [UInt8], of event: TaskEvent) { others.append("event") }
        func send(_ page: SnapshotWalk.Page) { others.append("page") }
        func goLive() { others.append("live") }
        func refuse() { others.append("refused") }
    }

    @Test("A listener whose history becomes another one while it is read is told no event of that", arguments: [1, 9])
    func replaced(told: Int) async {
        let code = await withLoop { loop in
            let log = StubbornLog()
            let board = TaskBoard(log)
            let history = EventHistory(board, log)
            @LoopActor func begin(_ epoch: UInt64, at sequence: Int) {
                let position = LogPosition(epoch: LogEpoch(number: epoch), sequence: sequence, append: 0)
                board.begin(with: LogStart(store: TaskStore(), position: position))
                history.told = sequence
            }
            begin(1, at: 3)
            let outlet = Outlet()
            let pump = FeedPump(history)
            pump.begin(.standard, from: .after(1, epoch: ByteText("0000000000000001")), to: outlet)
            begin(2, at: told)
            let event = TaskEvent(
                .deleted(TaskID(high: 0, low: 1), project: nil), sequence: 2, requestID: "r",
                timestamp: Timestamp(milliseconds: 0))
            log.history = .success(.events([event]))
            loop.onBeforeExit = { _ in
                #expect(outlet.openings == [Feed.Opening(sequence: told, recovered: false)])
                #expect(outlet.others == [])
                _ = pump
            }
        }
        #expect(code == 0)
    }
}
