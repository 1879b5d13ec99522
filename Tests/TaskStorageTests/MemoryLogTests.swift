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

    @Test("What it keeps at once it has when the call returns, and calls nothing back")
    func atOnce() async {
        _ = await withLoop { _ in
            let log: any ImmediateLog = MemoryLog(capacity: 2)
            log.keep([Self.event(1), Self.event(2), Self.event(3)])
            #expect((log as? MemoryLog)?.events.map(\.sequence) == [2, 3])
        }
    }

    @Test("It keeps 10,000 events or 64 MiB unless it is told otherwise")
    func standardLimits() async {
        _ = await withLoop { _ in
            #expect(MemoryLog().capacity == 10_000)
            #expect(MemoryLog().byteLimit == 64 << 20)
        }
    }

    private static func large(_ sequence: Int, bytes: Int, dependencies: Int = 0) -> TaskEvent {
        let task = TaskRecord(
            id: TaskID(high: 0, low: 1), title: "t", description: String(repeating: "x", count: bytes),
            dependencies: Array(repeating: TaskID(high: 0, low: 2), count: dependencies),
            createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0), revision: sequence)
        return TaskEvent(
            .updated(task, changes: [.description]), sequence: sequence, requestID: "test",
            timestamp: Timestamp(milliseconds: 0))
    }

    @Test("As many bytes as it has room for stay, and one more takes the oldest along", arguments: [0, 1])
    func bytes(more: Int) async {
        _ = await withLoop { _ in
            let size = Self.large(1, bytes: 40_000).memory
            let log = MemoryLog(byteLimit: 3 * size)
            log.append((1...3).map { Self.large($0, bytes: 40_000 + ($0 == 3 ? more : 0)) }) { _ in }
            #expect(log.events.map(\.sequence) == (more == 0 ? [1, 2, 3] : [2, 3]))
            #expect(log.bytes == log.events.reduce(0) { $0 + $1.memory })
        }
    }

    @Test("An event that is larger than its room is not kept, and the next one is")
    func tooLarge() async {
        _ = await withLoop { _ in
            let log = MemoryLog(byteLimit: 10_000)
            log.append([Self.event(1), Self.large(2, bytes: 10_000)]) { _ in }
            #expect(log.count == 0 && log.bytes == 0)
            log.append([Self.event(3)]) { _ in }
            #expect(log.events.map(\.sequence) == [3])
        }
    }

    @Test("What an event holds is counted: texts, dependencies, and the place itself")
    func memory() {
        let plain = Self.large(1, bytes: 100).memory
        #expect(plain > 100 + MemoryLayout<TaskRecord>.stride)
        #expect(Self.large(1, bytes: 1_100).memory == plain + 1_000)
        #expect(Self.large(1, bytes: 100, dependencies: 1_000).memory > plain + 16_000)
        #expect(Self.event(1).memory < plain)
    }
}
