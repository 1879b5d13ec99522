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
        let batches = try random.batches()
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
        // Those of the second half: the others went a portion behind the other.
        let wanted = 500
        let address = try #require(redis.address())
        let said = Log()
        try await withLog(limits) { desk, close in
            @LoopActor func look(_ rounds: Int) {
                (desk.log as? RedisLog)?.joined?.session.connection.send(
                    RedisCommand("XLEN", RedisKeys(address.name).events)
                ) { reply in
                    let count = (try? reply.get())?.integer
                    if count != wanted, rounds > 0 { return look(rounds - 1) }
                    said("\(count ?? 0)")
                    close()
                }
            }
            desk.submit(Array(many[..<2_500]), at: now - 12 * hour) {
                desk.submit(Array(many[2_500...]), at: now) {
                    (desk.log as? RedisLog)?.prune()
                    look(100)
                }
            }
        }
        #expect(said.lines == ["\(wanted)"])
        #expect(try await reopened()?.store.count == 3_000)
    }
}

// MARK: - Faults

extension RedisLogTests {
    private static let hasty = RedisPatience(reply: .milliseconds(500), doubt: .seconds(1))

    /// Runs `body` with an open log that is joined to Redis by a proxy, and one task in it.
    private func withProxy(
        _ patience: RedisPatience = RedisPatience(), _ body: @escaping @LoopActor (LogDesk, RedisProxy) throws -> Void
    ) async throws {
        let first = try Self.creation(1)
        _ = await withLoop { _ in
            _ = RedisProxy(to: redis.path) { proxy, address in
                guard let address else {
                    Issue.record("the proxy has no port")
                    return
                }
                let desk = LogDesk(RedisLog(address, HistoryLimits(), patience))
                desk.start { _ in
                    desk.submit(first) {
                        do { try body(desk, proxy) } catch { Issue.record(error) }
                    }
                }
            }
        }
    }

    private static func creation(_ number: Int) throws -> [TaskCommand.Action] {
        [.create(.test(number), try TaskFields(title: "t"))]
    }

    @Test(
        "What became of an append whose connection breaks is found out",
        arguments: [RedisProxy.Cut.command, .reply, .silence])
    func doubt(cut: RedisProxy.Cut) async throws {
        let said = Log()
        let (second, third) = (try Self.creation(2), try Self.creation(3))
        // Long enough for the connection to be given up and made again before the append is.
        let patience = RedisPatience(reply: .milliseconds(500))
        try await withProxy(patience) { desk, proxy in
            proxy.cut = cut
            if cut == .silence { desk.log.onTrouble = { _ in proxy.cut = nil } }
            desk.submit(second) {
                said("\(desk.ledger.store.count) tasks, \(desk.failures.count) failures")
                desk.submit(third) {
                    said("\(desk.ledger.store.count) tasks")
                    desk.log.close { proxy.close() }
                }
            }
        }
        let isKept = cut != .command
        #expect(said.lines == (isKept ? ["2 tasks, 0 failures", "3 tasks"] : ["1 tasks, 1 failures", "2 tasks"]))
    }

    @Test("What was answered as unknown, and was kept, comes as what another server might have written")
    func late() async throws {
        let said = Log()
        let second = try Self.creation(2)
        try await withProxy(Self.hasty) { desk, proxy in
            proxy.cut = .reply
            proxy.isClosed = true
            desk.onNews = { events in
                said("\(events.count) more, \(desk.ledger.store.count) tasks")
                desk.log.close { proxy.close() }
            }
            desk.submit(second) {
                let isUnknown = desk.failures.contains { if case .unknown = $0 { true } else { false } }
                said("\(desk.ledger.store.count) tasks, \(isUnknown ? "unknown" : "known")")
                proxy.isClosed = false
            }
        }
        #expect(said.lines == ["1 tasks, unknown", "1 more, 2 tasks"])
    }

    @Test("A reader that waits when Redis falls silent is told")
    func silentReading() async throws {
        let said = Log()
        try await withProxy(Self.hasty) { desk, proxy in
            proxy.cut = .silence
            desk.log.events(after: 0, limit: 1) { result in
                if case .failure(.refused) = result { said("refused") }
                proxy.cut = nil
                desk.log.close { proxy.close() }
            }
        }
        #expect(said.lines == ["refused"])
    }

    @Test("What too few replicas have is answered as unknown, and applied")
    func replicas() async throws {
        let said = Log()
        let (first, address) = (try Self.creation(1), try #require(redis.address(wait: 1)))
        _ = await withLoop { _ in
            let desk = LogDesk(RedisLog(address))
            desk.onNews = { events in
                said("\(events.count) more, \(desk.ledger.store.count) tasks")
                desk.log.close {}
            }
            desk.start { _ in
                desk.submit(first) {
                    let isUnknown = desk.failures.contains { if case .unknown = $0 { true } else { false } }
                    said("\(desk.ledger.store.count) tasks, \(isUnknown ? "unknown" : "known")")
                }
            }
        }
        #expect(said.lines == ["0 tasks, unknown", "1 more, 1 tasks"])
    }
}
