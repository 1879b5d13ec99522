import LoopTesting
import SeededRandom
import TaskEngine
import Testing
import UVCore

@testable import TaskStorage

@Suite("The log in a file")
struct SQLiteLogTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("tasks.db") }

    init() throws { folder = try TemporaryFolder() }

    /// Runs `body` with an open log, and closes it when `body` calls what it gets.
    private func withLog(
        _ limits: HistoryLimits = HistoryLimits(),
        _ body: @escaping @LoopActor (LogDesk, @escaping () -> Void) throws -> Void
    ) async {
        let code = await withLoop { _ in
            let desk = try LogDesk(path, limits: limits)
            desk.start { result in
                #expect((try? result.get()) != nil, "\(result)")
                do { try body(desk) { desk.log.close {} } } catch { Issue.record(error) }
            }
        }
        #expect(code == 0)
    }

    /// What a start finds.
    private func reopened() async -> LogStart? {
        let start = Found<LogStart>()
        _ = await withLoop { _ in
            let desk = try LogDesk(path)
            desk.start { result in
                start.value = try? result.get()
                desk.log.close {}
            }
        }
        return start.value
    }

    @Test("What was kept is there again at the next start, to the last bit; and nothing else is")
    func restart() async throws {
        let odd = "\u{0} \u{1F600} e\u{301} ' \""
        let tasks: [[TaskCommand.Action]] = [
            [.create(.test(1), try TaskFields(title: "one\u{0}two", description: odd, priority: -7))],
            [
                .create(
                    .test(2),
                    try TaskFields(title: "two", status: .completed, needs: [.test(1), .test(9)], project: "red")),
                .create(.test(3), try TaskFields(title: "three", needs: [.test(2), .test(1)])),
            ],
            [.update(.test(2), try TaskFields(title: "deux", priority: 5, project: .some(nil))), .delete(.test(1))],
            [.create(.test(4), try TaskFields(title: "gone")), .delete(.test(4))],
        ]
        let kept = Log()
        let store = Found<TaskStore>()
        await withLog { desk, close in
            desk.submitAll(tasks) {
                kept("\(desk.ledger.store.count)")
                store.value = desk.ledger.store
                close()
            }
        }
        #expect(kept.lines == ["2"])
        let start = try #require(await reopened())
        #expect(start.store.isSame(as: try #require(store.value)))
        #expect(start.store[.test(3)]?.dependencies == [.test(2)])
        #expect(start.store[.test(2)]?.dependencies == [.test(9)])
        #expect(start.store.lastID == .test(4), "also of a task that is gone")
        #expect(start.position.sequence == 8)
        #expect(await reopened()?.position == start.position)
    }

    @Test("Random commands in batches of random size leave the rows that their events add up to", arguments: 1...4)
    func fold(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let batches = try random.batches()
        let store = Found<TaskStore>()
        await withLog { desk, close in
            desk.submitAll(batches) {
                store.value = desk.ledger.store
                close()
            }
        }
        let start = try #require(await reopened())
        #expect(start.store.isSame(as: try #require(store.value)), "seed \(seed)")
        #expect(start.store.count > 10)
    }

    @Test("A reader gets the events behind the one it names, as they were, or is told that they are gone")
    func history() async throws {
        let actions: [TaskCommand.Action] = [
            .create(.test(1), try TaskFields(title: "t", needs: [.test(7)])),
            .update(.test(1), try TaskFields(title: "u", priority: 5, project: "red")), .delete(.test(1)),
        ]
        let said = Log()
        // The events are from 1970.
        await withLog(HistoryLimits(age: .seconds(4_000_000_000))) { desk, close in
            var events: [TaskEvent] = []
            var ledger = TaskLedger()
            for (number, action) in actions.enumerated() {
                let time = Timestamp(milliseconds: 0)
                let decision = ledger.decide(TaskCommand(action, requestID: "request-\(number + 1)", timestamp: time))
                ledger.commit(decision)
                events += decision.events
            }
            desk.submit(actions) {
                for (after, limit) in [(0, 10), (0, 2), (3, 10), (4, 10), (5, 10), (-1, 10)] {
                    desk.log.events(after: after, limit: limit) { result in
                        switch try? result.get() {
                        case .events(let found):
                            #expect(found == Array(events.dropFirst(after).prefix(limit)))
                            said("\(found.map(\.sequence))")
                        case .gone: said("gone")
                        case nil: said("failed")
                        }
                        if after == -1 { close() }
                    }
                }
            }
        }
        #expect(said.lines == ["[1, 2, 3, 4]", "[1, 2]", "[4]", "[]", "gone", "gone"])
    }

    @Test("Old events go when they are too many, or too old; tasks stay", arguments: [true, false])
    func pruning(byCount: Bool) async throws {
        let many = try (1...3_000).map { TaskCommand.Action.create(.test($0), try TaskFields(title: "t")) }
        let limits = byCount ? HistoryLimits(count: 500) : HistoryLimits(age: .seconds(8 * 3_600))
        // By hours, since the tests may wait for each other for minutes.
        let (now, hour) = (SystemTime.milliseconds(), Int64(3_600_000))
        let said = Log()
        await withLog(limits) { desk, close in
            @LoopActor func look() {
                desk.log.events(after: 2_500, limit: 1) { result in
                    said("\((try? result.get()) == .gone ? "gone" : "there")")
                    desk.log.events(after: 2_499, limit: 1) { result in
                        said("\((try? result.get()) == .gone ? "gone" : "there")")
                        close()
                    }
                }
            }
            desk.submit(Array(many[..<2_500]), at: now - 12 * hour) {
                desk.submit(Array(many[2_500...]), at: now, then: look)
            }
        }
        #expect(said.lines == ["there", "gone"])
        #expect(await reopened()?.store.count == 3_000)
    }

    @Test(
        "An event that is one too many, or too old, is gone at once, and the next one is there",
        arguments: [true, false])
    func limits(byCount: Bool) async throws {
        let actions = try (1...5).map { TaskCommand.Action.create(.test($0), try TaskFields(title: "t")) }
        let limits = byCount ? HistoryLimits(count: 3) : HistoryLimits(age: .seconds(8 * 3_600))
        // By hours, since the tests may wait for each other for minutes.
        let (now, hour) = (SystemTime.milliseconds(), Int64(3_600_000))
        let said = Log()
        await withLog(limits) { desk, close in
            @LoopActor func look() {
                for sequence in 1...5 {
                    desk.log.events(after: sequence, limit: 10) { result in
                        said("\((try? result.get()) == .gone ? "gone" : "there")")
                        if sequence == 5 { close() }
                    }
                }
            }
            desk.submit(Array(actions[..<2]), at: now - 12 * hour) {
                desk.submit(Array(actions[2...]), at: now - 4 * hour, then: look)
            }
        }
        #expect(said.lines == ["gone", "there", "there", "there", "there"])
    }

    @Test("A second server cannot have the file while the first one has it, and changes nothing")
    func lock() async throws {
        let said = Log()
        await withLog { desk, close in
            let other = try LogDesk(path)
            other.start { result in
                if case .failure(let error) = result { said(error.message) }
                close()
            }
        }
        #expect(said.lines == ["another server uses \(path): it holds \(path)-lock"])
        #expect(await reopened() != nil)
    }
}

extension SQLiteLogTests {
    @Test("A start that is to end reads no further")
    func interrupted() throws {
        try SQLiteStore.make(path, [.create(.test(1), try TaskFields(title: "t"))])
        let store = try SQLiteStore(path)
        let interruption = Interruption()
        interruption.request()
        #expect(throws: LogError.refused("its tasks are not read to their end: the server ends")) {
            try store.load(until: interruption)
        }
        #expect(try store.load().store.count == 1)
    }
}

extension TaskStore {
    /// Whether it has the same tasks, and the same place in the log. The heap may lie otherwise in memory.
    func isSame(as other: TaskStore) -> Bool {
        sequence == other.sequence && lastID == other.lastID && graph == other.graph
            && tasks().elementsEqual(other.tasks()) && queue.count == other.queue.count && next == other.next
    }
}
