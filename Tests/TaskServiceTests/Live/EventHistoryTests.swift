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
}
