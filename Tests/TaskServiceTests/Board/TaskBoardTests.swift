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
        let log: StubbornLog
        let board: TaskBoard
        let clock: ManualClock
        var said: [String] = []

        init(hasOneWriter: Bool, _ clock: ManualClock) {
            self.clock = clock
            log = StubbornLog(hasOneWriter: hasOneWriter)
            board = TaskBoard(log)
            log.load { [board] result in if let start = try? result.get() { board.begin(with: start) } }
            board.onEvent = { [unowned self] event, _ in said.append("\(event.name) \(event.sequence)") }
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
            let command = TaskCommand(action, requestID: RequestName(name), timestamp: Timestamp(milliseconds: 0))
            board.submit(command) { [unowned self] result in
                switch result {
                case .success(.refused(let error)): said.append("\(name) \(error.code)")
                case .success: said.append("\(name) done")
                case .failure(.refused): said.append("\(name) unavailable")
                case .failure(.unknown): said.append("\(name) unknown")
                }
            }
        }
    }

    /// Does one step after the other, each in a turn of the loop of its own: changes are appended at the end of a turn.
    private func onDesk(hasOneWriter: Bool = true, _ steps: (@LoopActor (Desk) throws -> Void)...) async {
        let clock = ManualClock()
        let code = await withLoop(clock: .manual(clock)) { loop in
            let desk = Desk(hasOneWriter: hasOneWriter, clock)
            @LoopActor func go(on steps: ArraySlice<@LoopActor (Desk) throws -> Void>) throws {
                guard let step = steps.first else { return }
                try step(desk)
                loop.setImmediate { try go(on: steps.dropFirst()) }
            }
            try go(on: steps[...])
        }
        #expect(code == 0)
    }

    @Test(
        "Nothing is applied, answered or told before the log has kept it; then all of it is applied, and each is answered and told"
    )
    func order() async {
        await onDesk(
            { desk in
                try desk.create("a")
                try desk.create("b")
                #expect(desk.log.appended.isEmpty, "the turn may bring more")
            },
            { desk in
                #expect(desk.log.appended.map(\.count) == [2])
                #expect(desk.board.store.isEmpty && desk.said.isEmpty)
                try desk.create("c")
                desk.board.onEvent = { [unowned desk] event, _ in
                    desk.said.append("\(event.name) \(event.sequence) of \(desk.board.store.count)")
                }
                desk.log.answer()
                #expect(desk.said == ["a done", "task.created 1 of 2", "b done", "task.created 2 of 2"])
            },
            { desk in
                #expect(
                    desk.log.appended.map(\.count) == [2, 1], "what came while an append was under way is the next one")
                desk.log.answer()
                #expect(desk.said.suffix(2) == ["c done", "task.created 3 of 3"])
            })
    }

    @Test("What a log fails to keep takes with it all that was decided on it, and its numbers are given again")
    func failure() async {
        await onDesk(
            { desk in
                let id = try desk.create("a")
                desk.submit(.delete(id), as: "delete")
                desk.submit(.delete(id), as: "again")
            },
            { desk in
                try desk.create("later")
                desk.log.fail()
                #expect(desk.said == ["a unavailable", "delete unavailable", "again unavailable", "later unavailable"])
                #expect(desk.board.store.isEmpty)
                try desk.create("b")
            },
            { desk in
                desk.log.answer()
                #expect(desk.said.suffix(2) == ["b done", "task.created 1"])
            })
    }

    @Test(
        "Of an append of which nothing is known the clients are told so; what was not appended was certainly not made")
    func unknown() async {
        await onDesk(
            { desk in try desk.create("a") },
            { desk in
                try desk.create("b")
                desk.log.fail(.unknown("no answer"))
                #expect(desk.said == ["a unknown", "b unavailable"])
            })
    }

    @Test(
        "Behind another server's events all that was decided is decided anew, in its order; no client was answered before"
    )
    func behind() async throws {
        var other = TaskLedger()
        var fields = TaskFields()
        try fields.set(title: "theirs")
        let theirs = TaskID(high: .max >> 1, low: 0b10 << 62)
        let time = Timestamp(milliseconds: 0)
        let created = other.decide(TaskCommand(.create(theirs, fields), requestID: "theirs", timestamp: time))
        await onDesk(
            hasOneWriter: false,
            { desk in
                desk.submit(.delete(theirs), as: "delete")
                try desk.create("a")
            },
            { desk in
                #expect(desk.said.isEmpty, "that there is no such task is true only at the end of the log")
                try desk.create("b")
                desk.log.write(Array(created.events))
                #expect(desk.said == ["task.created 1"])
                #expect(desk.board.store.count == 1)
            },
            { desk in
                #expect(desk.log.appended.last?.map(\.sequence) == [2, 3, 4])
                desk.log.answer()
                #expect(
                    desk.said.dropFirst() == [
                        "delete done", "task.deleted 2", "a done", "task.created 3", "b done", "task.created 4",
                    ])
                #expect(desk.board.store.tasks().allSatisfy { $0.id > theirs }, "ids go on above the others'")
            })
    }

    @Test("Events of others that do not follow from the log's are no end: changes fail, and what is there stays")
    func broken() async {
        let wrong = TaskEvent(
            .deleted(TaskID(high: 1, low: 1)), sequence: 7, requestID: "r", timestamp: Timestamp(milliseconds: 0))
        await onDesk(
            hasOneWriter: false, { desk in try desk.create("a") },
            { desk in
                desk.log.write([wrong])
                #expect(desk.said == ["a unavailable"])
                #expect(desk.board.store.isEmpty)
            })
    }

    @Test(
        "A refusal that rests on what is not kept yet waits for it; any other is given at once by a log with one writer"
    )
    func refusals() async {
        await onDesk(
            { desk in
                desk.submit(.delete(TaskID(high: 0, low: 0)), as: "nobody")
                #expect(desk.said == ["nobody TASK_NOT_FOUND"])
            },
            { desk in
                #expect(desk.log.appended.isEmpty)
                let id = try desk.create("a")
                desk.submit(.delete(id), as: "delete")
                desk.submit(.delete(id), as: "again")
                desk.said = []
            },
            { desk in
                #expect(desk.log.appended.map(\.count) == [2])
                desk.log.answer()
                #expect(
                    desk.said == [
                        "a done", "task.created 1", "delete done", "task.deleted 2", "again TASK_NOT_FOUND",
                    ])
            })
    }

    @Test("An append waits for clients that were answered while polls bring some, and goes out when one brings none")
    func gathering() async {
        await onDesk(
            { desk in for title in ["a", "b", "c"] { try desk.create(title) } },
            { desk in
                try desk.create("d")
                desk.clock.advance(by: .milliseconds(10))
                desk.log.answer()
            },
            { desk in
                #expect(desk.log.appended.map(\.count) == [3])
                try desk.create("e")
            },
            { desk in #expect(desk.log.appended.map(\.count) == [3]) },
            { desk in #expect(desk.log.appended.map(\.count) == [3, 2]) })
    }

    @Test("With other writers a refusal is an append of nothing")
    func appendOfNothing() async {
        await onDesk(
            hasOneWriter: false, { desk in desk.submit(.delete(TaskID(high: 0, low: 0)), as: "nobody") },
            { desk in
                #expect(desk.said.isEmpty && desk.log.appended == [[]])
                desk.log.answer()
                #expect(desk.said == ["nobody TASK_NOT_FOUND"])
            })
    }

    @Test("As many changes wait for the log as may, and one beyond is refused at once")
    func waitingLimit() async {
        await onDesk(
            { desk in
                for _ in 0..<ChangeLimits.changes { try desk.create("a") }
                #expect(desk.said.isEmpty)
                try desk.create("b")
                #expect(desk.said == ["b unavailable"])
            },
            { desk in
                #expect(desk.log.appended.map(\.count) == [ChangeLimits.eventsAtOnce])
                try desk.create("b")
                #expect(desk.said == ["b unavailable", "b unavailable"])
                desk.log.answer()
                try desk.create("c")
                #expect(desk.said.count == 2 + 2 * ChangeLimits.eventsAtOnce)
            })
    }

    @Test("With a log that keeps events at once the answer is given before the call returns, and then the event")
    func immediateLog() async {
        _ = await withLoop { _ in
            let log = MemoryLog()
            let board = TaskBoard(log)
            log.load { result in if let start = try? result.get() { board.begin(with: start) } }
            var said: [String] = []
            board.onEvent = { event, _ in said.append("\(event.name) \(event.sequence)") }
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

    @Test("News that do not follow from what is known are not applied: all is read anew, and what waited has failed")
    func contradiction() async {
        await onDesk(
            hasOneWriter: false,
            { desk in try desk.create("a") },
            { desk in
                let event = TaskEvent(
                    .deleted(TaskID(high: 9, low: 9)), sequence: 7, requestID: "r",
                    timestamp: Timestamp(milliseconds: 0))
                desk.log.write([event])
                #expect(desk.log.timesReadAnew == 1 && desk.said == ["a unavailable"] && desk.board.store.isEmpty)
            })
    }
}
