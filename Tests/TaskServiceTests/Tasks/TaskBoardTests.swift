import LoopTesting
import TaskEngine
import TaskStorage
import Testing
import UVCore

@testable import TaskService

@Suite("Changes, from the command to the answer")
struct TaskBoardTests {
    /// A board, its log, and what it says.
    @LoopActor
    private final class Desk {
        let log = StubbornLog()
        let board: TaskBoard
        var said: [String] = []

        init() {
            board = TaskBoard(log)
            board.onEvent = { [unowned self] event in said.append("\(event.name) \(event.sequence)") }
        }

        @discardableResult
        func create(_ title: String) throws -> TaskID {
            let id = board.nextID(at: Timestamp(milliseconds: 0))
            var fields = TaskFields()
            try fields.set(title: title)
            submit(.create(id, fields), as: title)
            return id
        }

        func submit(_ action: TaskCommand.Action, as name: String) {
            let command = TaskCommand(action, requestID: name, timestamp: Timestamp(milliseconds: 0))
            board.submit(command) { [unowned self] result in
                switch result {
                case .success(.refused(let error)): said.append("\(name) \(error.code)")
                case .success: said.append("\(name) done")
                case .failure: said.append("\(name) unavailable")
                }
            }
        }
    }

    private func onDesk(_ body: @LoopActor (Desk) throws -> Void) async {
        let code = await withLoop { _ in try body(Desk()) }
        #expect(code == 0)
    }

    @Test("Nothing is applied, answered or told before the log has kept it; then the client is answered first")
    func order() async {
        await onDesk { desk in
            try desk.create("a")
            try desk.create("b")
            #expect(desk.board.store.isEmpty)
            #expect(desk.said.isEmpty)
            desk.log.answer()
            #expect(desk.board.store.count == 1)
            #expect(desk.said == ["a done", "task.created 1"])
            desk.log.answer()
            #expect(desk.said == ["a done", "task.created 1", "b done", "task.created 2"])
        }
    }

    @Test("What a log fails to keep takes with it all that was decided on it, and its numbers are given again")
    func failure() async {
        await onDesk { desk in
            let id = try desk.create("a")
            desk.submit(.delete(id), as: "delete")
            desk.submit(.delete(id), as: "again")
            desk.log.fail()
            desk.log.answer()
            desk.log.answer()
            #expect(desk.said == ["a unavailable", "delete unavailable", "again unavailable"])
            #expect(desk.board.store.isEmpty)
            try desk.create("b")
            desk.log.answer()
            #expect(desk.said.suffix(2) == ["b done", "task.created 1"])
        }
    }

    @Test("A refusal that rests on what is not kept yet waits for it; any other is given at once")
    func refusals() async {
        await onDesk { desk in
            desk.submit(.delete(TaskID(high: 0, low: 0)), as: "nobody")
            #expect(desk.said == ["nobody TASK_NOT_FOUND"])
            #expect(desk.log.appended.isEmpty)
            let id = try desk.create("a")
            desk.submit(.delete(id), as: "delete")
            desk.submit(.delete(id), as: "again")
            #expect(desk.log.appended.map(\.count) == [1, 1, 0])
            desk.said = []
            for _ in 0..<3 { desk.log.answer() }
            #expect(desk.said == ["a done", "task.created 1", "delete done", "task.deleted 2", "again TASK_NOT_FOUND"])
        }
    }

    @Test("As many changes wait for the log as may, and one beyond is refused at once")
    func waitingLimit() async {
        await onDesk { desk in
            for _ in 0..<TaskBoard.waitingLimit { try desk.create("a") }
            #expect(desk.said.isEmpty && desk.log.appended.count == TaskBoard.waitingLimit)
            try desk.create("b")
            #expect(desk.said == ["b unavailable"] && desk.log.appended.count == TaskBoard.waitingLimit)
            desk.log.answer()
            try desk.create("c")
            #expect(desk.log.appended.count == TaskBoard.waitingLimit + 1)
        }
    }

    @Test("Changes of many bytes wait until there are as many as may")
    func waitingBytes() async {
        await onDesk { desk in
            var fields = TaskFields()
            try fields.set(title: "a")
            try fields.set(description: String(repeating: "\u{1F600}", count: 10_000))
            for _ in 0..<2_000 {
                desk.submit(.create(desk.board.nextID(at: Timestamp(milliseconds: 0)), fields), as: "large")
            }
            let size = desk.log.appended[0][0].memory
            #expect(desk.log.appended.count == (TaskBoard.waitingBytesLimit + size - 1) / size)
        }
    }

    @Test("With a log that keeps events at once the answer is given before the call returns, and then the event")
    func immediateLog() async {
        _ = await withLoop { _ in
            let log = MemoryLog()
            let board = TaskBoard(log)
            var said: [String] = []
            board.onEvent = { said.append("\($0.name) \($0.sequence)") }
            var fields = TaskFields()
            try fields.set(title: "a")
            let id = board.nextID(at: Timestamp(milliseconds: 0))
            for action in [.create(id, fields), .update(id, fields), .delete(id), .delete(id)] as [TaskCommand.Action] {
                let command = TaskCommand(action, requestID: "r", timestamp: Timestamp(milliseconds: 0))
                board.submit(command) { result in
                    guard case .success(let outcome) = result else { return said.append("unavailable") }
                    if case .refused(let error) = outcome { said.append(error.code) } else { said.append("done") }
                }
                said.append("returned")
            }
            #expect(
                said == [
                    "done", "task.created 1", "returned", "done", "returned", "done", "task.deleted 2", "returned",
                    "TASK_NOT_FOUND", "returned",
                ])
            #expect(log.events.map(\.sequence) == [1, 2])
            #expect(board.store.isEmpty)
        }
    }

    @Test("Ids go on above the last one of the store, whatever the clock says")
    func ids() async {
        await onDesk { desk in
            var last = desk.board.nextID(at: Timestamp(milliseconds: 1_000))
            for milliseconds in [1_000, 500, 0, 1_001] as [Int64] {
                let next = desk.board.nextID(at: Timestamp(milliseconds: milliseconds))
                #expect(next > last)
                last = next
            }
        }
    }
}
