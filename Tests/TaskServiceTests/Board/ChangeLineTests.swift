import TaskEngine
import TaskStorage
import Testing

@testable import TaskService

@Suite("Changes on their way to the log")
struct ChangeLineTests {
    /// A line, and the ledger that decides what goes into it.
    private struct Fixture {
        var line = ChangeLine<Int>()
        var ledger = TaskLedger()
        var count = 0

        mutating func create(description: Int = 0) throws {
            count += 1
            var fields = TaskFields()
            try fields.set(title: "t")
            try fields.set(description: String(repeating: "\u{1F600}", count: description))
            add(.create(TaskID(high: UInt64(count), low: 0), fields))
        }

        mutating func add(_ action: TaskCommand.Action) {
            let command = TaskCommand(action, requestID: "r", timestamp: Timestamp(milliseconds: 0))
            line.add(command, ledger.decide(command), for: count)
        }
    }

    @Test("An append has the events that one may have, and the next one the others", arguments: [999, 1_000, 1_001])
    func events(count: Int) throws {
        var fixture = Fixture()
        for _ in 0..<count { try fixture.create() }
        #expect(fixture.line.next()?.count == min(count, 1_000))
        #expect(fixture.line.next() == nil, "one is under way")
        let kept = fixture.line.takeKept()
        #expect(kept.changes.map(\.client) == Array(1...min(count, 1_000)))
        #expect(kept.events.map(\.sequence) == Array(1...min(count, 1_000)))
        #expect(fixture.line.next()?.count == (count > 1_000 ? 1 : nil))
    }

    @Test("A decision is never split: two events that would be the 1,000th and the one beyond are the next append's")
    func decision() throws {
        var fixture = Fixture()
        for _ in 0..<999 { try fixture.create() }
        var fields = TaskFields()
        try fields.set(priority: 9)
        fixture.add(.update(TaskID(high: 1, low: 0), fields))
        #expect(fixture.line.next()?.count == 999)
        _ = fixture.line.takeKept()
        #expect(fixture.line.next()?.map(\.name) == ["task.updated", "task.moved"])
    }

    @Test("Large events fill an append sooner")
    func bytes() throws {
        var fixture = Fixture()
        for _ in 0..<60 { try fixture.create(description: 10_000) }
        let events = fixture.line.next() ?? []
        let size = events.first?.memory ?? 1
        #expect(size > 40_000 && events.count == ChangeLimits.bytesAtOnce / size)
    }

    @Test("It is full at so many bytes, and has room again when they are kept")
    func full() throws {
        var fixture = Fixture()
        while !fixture.line.isFull { try fixture.create(description: 10_000) }
        #expect(fixture.count < ChangeLimits.changes)
        _ = fixture.line.next()
        #expect(fixture.line.isFull, "what is under way counts")
        _ = fixture.line.takeKept()
        #expect(!fixture.line.isFull)
        let (underWay, waiting) = fixture.line.takeAll()
        #expect(underWay.isEmpty && waiting.count > 1_000)
        #expect(fixture.line.count == 0 && !fixture.line.isFull)
    }
}
