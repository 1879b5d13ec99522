import TaskEngine
import Testing

@testable import TaskStorage

@Suite("What a log says of each task")
struct LogFoldTests {
    private func event(_ number: Int, _ change: TaskEvent.Change) -> TaskEvent {
        TaskEvent(change, sequence: number, requestID: "r", timestamp: Timestamp(milliseconds: 0))
    }

    private func task(_ id: TaskID, needs: [TaskID] = [], revision: Int) -> TaskRecord {
        let time = Timestamp(milliseconds: 0)
        return TaskRecord(id: id, title: "t", dependencies: needs, createdAt: time, updatedAt: time, revision: revision)
    }

    @Test(
        "A log is whole from the first number of a history on, and where a history has no event yet",
        arguments: [
            (0, true), (1, false), (4_294_967_295, false), (4_294_967_296, true), (4_294_967_297, false),
            (8_589_934_592, true),
        ])
    func beginning(last: Int, isWhole: Bool) {
        #expect(LogFold(endingAt: last).isWhole == isWhole)
        var fold = LogFold(endingAt: last + 9)
        #expect(fold.add(event(last + 1, .created(task(.test(1), revision: last + 1)))) == nil)
        #expect(fold.isWhole == isWhole)
    }

    @Test(
        "A history begins above every number that was given",
        arguments: [
            (0, 4_294_967_296), (1, 4_294_967_296), (4_294_967_295, 4_294_967_296), (4_294_967_296, 8_589_934_592),
        ])
    func nextBeginning(last: Int, next: Int) {
        #expect(LogPosition.nextBeginning(after: last) == next)
    }

    @Test("A task is as its last event has left it, without what was deleted since, and not without what was before")
    func shortened() {
        var fold = LogFold(endingAt: 3)
        _ = fold.add(event(1, .deleted(.test(7))))
        let written = task(.test(1), needs: [.test(7), .test(8), .test(9)], revision: 2)
        #expect(fold.add(event(2, .created(written))) == nil)
        #expect(fold.add(event(3, .created(task(.test(8), revision: 3)))) == nil)
        #expect(fold.current(written, writtenBy: 2).task == written)
        #expect(fold.add(event(4, .deleted(.test(8)))) == nil)
        let current = fold.current(written, writtenBy: 2)
        #expect(current.sequence == 4)
        #expect(current.task.since == written.since && current.task.revision == 4)
        #expect(current.task.dependencies == [.test(7), .test(9)])
    }

    @Test("A change of place in the queue follows a change of the task")
    func moved() {
        var fold = LogFold(endingAt: 9)
        let moved = TaskEvent.Change.moved(task(.test(1), revision: 2), from: 1, to: 2)
        #expect(fold.add(event(1, .created(task(.test(1), revision: 1)))) == nil)
        #expect(fold.add(event(2, .updated(task(.test(1), revision: 2), changes: [.priority]))) == nil)
        #expect(fold.add(event(3, moved)) == nil)
        #expect(fold.add(event(4, moved)) == .movedAlone(.test(1), by: 4))
    }

    @Test("An event about a task of which nothing is known is right only where older events are gone")
    func unknown() {
        for (first, difference) in [(1, Difference.changedWithoutTask(.test(1), by: 1)), (2, nil)] {
            var fold = LogFold(endingAt: 9)
            #expect(fold.add(event(first, .deleted(.test(1)))) == difference)
            #expect(fold.add(event(first + 1, .deleted(.test(1)))) == .changedWithoutTask(.test(1), by: first + 1))
            #expect(
                fold.add(event(first + 2, .created(task(.test(1), revision: first + 2))))
                    == .createdTwice(.test(1), by: first + 2))
        }
    }
}
