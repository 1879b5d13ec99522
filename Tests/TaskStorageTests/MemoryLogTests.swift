import LoopTesting
import TaskEngine
import TaskStorage
import Testing
import UVCore

@Suite("The log in memory")
struct MemoryLogTests {
    private static func event(_ sequence: Int) -> TaskEvent {
        TaskEvent(
            .deleted(TaskID(high: 0, low: UInt64(sequence))), sequence: sequence, requestID: "test",
            timestamp: Timestamp(milliseconds: 0))
    }

    @Test("It never calls back inside the call, but behind the ticks and in the order of the calls, also for nothing")
    func order() async {
        let said = Log()
        let code = await withLoop { loop in
            let log = MemoryLog()
            loop.nextTick { said("tick") }
            log.append([Self.event(1)]) { _ in said("one") }
            log.append([]) { _ in said("nothing") }
            log.append([Self.event(2), Self.event(3)]) { _ in said("two") }
            said("returned")
        }
        #expect(code == 0)
        #expect(said.lines == ["returned", "tick", "one", "nothing", "two"])
    }

    @Test("It keeps as many events as it has room for, and drops the oldest", arguments: [9, 10, 11, 25])
    func capacity(appended: Int) async {
        _ = await withLoop { _ in
            let log = MemoryLog(capacity: 10)
            for sequence in 1...appended { log.append([Self.event(sequence)]) { _ in } }
            #expect(log.count == min(appended, 10))
            #expect(log.events.map(\.sequence) == Array(max(1, appended - 9)...appended))
        }
    }

    @Test("A batch that is larger than its room leaves its own end")
    func largeBatch() async {
        _ = await withLoop { _ in
            let log = MemoryLog(capacity: 3)
            log.append((1...7).map(Self.event)) { _ in }
            #expect(log.events.map(\.sequence) == [5, 6, 7])
        }
    }

    @Test("It keeps 10,000 events unless it is told otherwise")
    func standardCapacity() async {
        _ = await withLoop { _ in #expect(MemoryLog().capacity == 10_000) }
    }
}
