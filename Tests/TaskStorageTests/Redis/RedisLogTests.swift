import LoopTesting
import SeededRandom
import TaskEngine
import Testing
import UVCore

@testable import TaskStorage

@Suite("The log on Redis")
struct RedisLogTests {
    private let redis: RedisServer

    init() throws { redis = try RedisServer(in: TemporaryFolder()) }

    /// Runs `body` with an open log, and closes it when `body` calls what it gets.
    private func withLog(
        _ limits: HistoryLimits = HistoryLimits(),
        _ body: @escaping @LoopActor (LogDesk, @escaping () -> Void) throws -> Void
    ) async throws {
        let address = try #require(redis.address())
        let code = await withLoop { _ in
            let desk = LogDesk(RedisLog(address, limits: limits))
            desk.start { result in
                #expect((try? result.get()) != nil, "\(result)")
                do { try body(desk) { desk.log.close {} } } catch { Issue.record(error) }
            }
        }
        #expect(code == 0)
    }

    /// What a start finds.
    private func reopened() async throws -> LogStart? {
        let start = Found<LogStart>()
        let address = try #require(redis.address())
        _ = await withLoop { _ in
            let desk = LogDesk(RedisLog(address))
            desk.start { result in
                start.value = try? result.get()
                desk.log.close {}
            }
        }
        return start.value
    }

    @Test("Random commands in batches of random size leave the rows that their events add up to", arguments: 1...4)
    func fold(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var last = 0
        let batches: [[TaskCommand.Action]] = try (0..<60).map { _ in
            try (0..<Int.random(in: 1...12, using: &random)).map { _ in try random.action(&last) }
        }
        let store = Found<TaskStore>()
        try await withLog { desk, close in
            desk.submitAll(batches) {
                store.value = desk.ledger.store
                close()
            }
        }
        let start = try #require(await reopened())
        #expect(start.store.isSame(as: try #require(store.value)), "seed \(seed)")
        #expect(start.store.count > 10 && start.position.sequence == start.store.sequence)
    }

    @Test("A reader gets the events behind the one it names, as they were, or is told that they are gone")
    func history() async throws {
        let actions = try (1...4).map { TaskCommand.Action.create(.test($0), try TaskFields(title: "t")) }
        let said = Log()
        // The events are from 1970.
        try await withLog(HistoryLimits(count: 3, age: .seconds(4_000_000_000))) { desk, close in
            desk.submit(actions) {
                for (after, limit) in [(0, 10), (1, 2), (3, 10), (4, 10), (5, 10), (-1, 10)] {
                    desk.log.events(after: after, limit: limit) { result in
                        switch try? result.get() {
                        case .events(let found): said("\(after): \(found.map(\.sequence))")
                        case .gone: said("\(after): gone")
                        case nil: said("\(after): failed")
                        }
                        if said.lines.count == 6 { close() }
                    }
                }
            }
        }
        #expect(
            Set(said.lines) == ["0: gone", "1: [2, 3]", "3: [4]", "4: []", "5: gone", "-1: gone"])
    }

    @Test("Old events go when they are too many, or too old; tasks stay", arguments: [true, false])
    func pruning(byCount: Bool) async throws {
        let many = try (1...3_000).map { TaskCommand.Action.create(.test($0), try TaskFields(title: "t")) }
        let limits = byCount ? HistoryLimits(count: 500) : HistoryLimits(age: .seconds(8 * 3_600))
        let (now, hour) = (SystemTime.milliseconds(), Int64(3_600_000))
        let address = try #require(redis.address())
        let kept = Found<[Int]>()
        try await withLog(limits) { desk, close in
            desk.submit(Array(many[..<2_500]), at: now - 12 * hour) {
                desk.submit(Array(many[2_500...]), at: now) {
                    // Behind all that the log has sent.
                    (desk.log as? RedisLog)?.session?.connection.send(RedisCommand("PING")) { _ in
                        (desk.log as? RedisLog)?.session?.connection.send(
                            RedisCommand("XLEN", RedisKeys(address.name).events)
                        ) { reply in
                            kept.value = (try? reply.get().integer).map { [$0] }
                            close()
                        }
                    }
                }
            }
        }
        // It was looked at behind the first 2,500 events. By age they go a portion behind the other, so some may be left.
        let count = try #require(kept.value?.first)
        #expect(byCount ? count == 1_000 : count < 3_000)
        #expect(try await reopened()?.store.count == 3_000)
    }
}

// MARK: - Faults

extension RedisLogTests {
    @Test("What became of an append whose connection breaks is found out", arguments: [true, false])
    func doubt(isReplyLost: Bool) async throws {
        let said = Log()
        let create = { (number: Int) in [TaskCommand.Action.create(.test(number), try TaskFields(title: "t"))] }
        let (first, second, third) = (try create(1), try create(2), try create(3))
        _ = await withLoop { _ in
            _ = RedisProxy(to: redis.path) { proxy, address in
                guard let address else {
                    Issue.record("the proxy has no port")
                    return
                }
                let desk = LogDesk(RedisLog(address))
                desk.start { _ in
                    desk.submit(first) {
                        proxy.cut = isReplyLost ? .reply : .command
                        desk.submit(second) {
                            said("\(desk.ledger.store.count) tasks, \(desk.failures.count) failures")
                            desk.submit(third) {
                                said("\(desk.ledger.store.count) tasks")
                                desk.log.close { proxy.close() }
                            }
                        }
                    }
                }
            }
        }
        #expect(said.lines == (isReplyLost ? ["2 tasks, 0 failures", "3 tasks"] : ["1 tasks, 1 failures", "2 tasks"]))
    }
}
