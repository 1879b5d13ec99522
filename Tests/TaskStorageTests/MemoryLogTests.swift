import LoopTesting
import TaskEngine
import Testing
import UVCore

@testable import TaskStorage

@Suite("The log in memory")
struct MemoryLogTests {
    private static func event(_ sequence: Int) -> TaskEvent {
        TaskEvent(
            .deleted(TaskID(high: 0, low: UInt64(sequence))), sequence: sequence, requestID: "test",
            timestamp: Timestamp(milliseconds: 0))
    }

    @Test("An append is kept when the call returns, and the next one goes behind it")
    func position() async {
        _ = await withLoop { _ in
            let log = MemoryLog()
            var position = log.start
            for (number, events) in [[Self.event(1)], [], [Self.event(2), Self.event(3)]].enumerated() {
                guard case .kept(let next) = log.append(events, behind: position) else {
                    Issue.record("the append \(number) was not kept")
                    return
                }
                #expect(next.epoch == position.epoch && next.sequence == position.sequence + events.count)
                position = next
            }
            #expect(log.events.map(\.sequence) == [1, 2, 3])
            #expect(log.trouble == nil && log.hasOneWriter)
        }
    }

    @Test("Each history has a name of its own")
    func epoch() async {
        _ = await withLoop { _ in
            #expect(MemoryLog().start.epoch != MemoryLog().start.epoch)
            #expect(LogEpoch(number: 255).description == "00000000000000ff")
        }
    }

    @Test(
        "A reader gets the events behind the one it names, or is told that they are gone",
        arguments: [
            (after: 4, limit: 9, found: [5, 6, 7]), (4, 2, [5, 6]), (7, 9, []), (3, 9, nil), (8, 9, nil), (-1, 9, nil),
        ] as [(after: Int, limit: Int, found: [Int]?)])
    func history(after: Int, limit: Int, found: [Int]?) async {
        _ = await withLoop { _ in
            let log = MemoryLog(capacity: 3)
            log.keep((1...7).map(Self.event))
            var history: LogHistory?
            log.events(after: after, limit: limit) { history = try? $0.get() }
            #expect(history == found.map { .events($0.map(Self.event)) } ?? .gone)
        }
    }

    @Test("With no event at all there is nothing that a reader could have missed")
    func empty() async {
        _ = await withLoop { _ in
            var history: LogHistory?
            MemoryLog().events(after: 0, limit: 1) { history = try? $0.get() }
            #expect(history == .events([]))
        }
    }

    @Test("It keeps as many events as it has room for, and drops the oldest", arguments: [9, 10, 11, 25])
    func capacity(appended: Int) async {
        _ = await withLoop { _ in
            let log = MemoryLog(capacity: 10)
            for sequence in 1...appended { log.keep([Self.event(sequence)]) }
            #expect(log.count == min(appended, 10))
            #expect(log.events.map(\.sequence) == Array(max(1, appended - 9)...appended))
        }
    }

    @Test("A batch that is larger than its room leaves its own end")
    func largeBatch() async {
        _ = await withLoop { _ in
            let log = MemoryLog(capacity: 3)
            log.keep((1...7).map(Self.event))
            #expect(log.events.map(\.sequence) == [5, 6, 7])
        }
    }

    @Test("What it keeps at once it has when the call returns, and calls nothing back")
    func atOnce() async {
        _ = await withLoop { _ in
            let log: any ImmediateLog = MemoryLog(capacity: 2)
            for sequence in 1...3 { log.keep(Self.event(sequence)) }
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
            log.keep((1...3).map { Self.large($0, bytes: 40_000 + ($0 == 3 ? more : 0)) })
            #expect(log.events.map(\.sequence) == (more == 0 ? [1, 2, 3] : [2, 3]))
            #expect(log.bytes == log.events.reduce(0) { $0 + $1.memory })
        }
    }

    @Test("An event that is larger than its room is not kept, and the next one is")
    func tooLarge() async {
        _ = await withLoop { _ in
            let log = MemoryLog(byteLimit: 10_000)
            log.keep([Self.event(1), Self.large(2, bytes: 10_000)])
            #expect(log.count == 0 && log.bytes == 0)
            log.keep([Self.event(3)])
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

extension MemoryLog {
    /// Where the first append goes.
    fileprivate var start: LogPosition {
        var position: LogPosition?
        load { position = try? $0.get().position }
        return position ?? LogPosition(epoch: .random(), sequence: -1, append: 0)
    }
}
