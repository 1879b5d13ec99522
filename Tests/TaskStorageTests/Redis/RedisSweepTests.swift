import LoopTesting
import SeededRandom
import TaskEngine
import Testing
import UVCore

@testable import TaskStorage

@Suite("What was deleted that others needed is forgotten when no row names it")
struct RedisSweepTests {
    private let redis: RedisServer

    init() throws { redis = try RedisServer(in: TemporaryFolder()) }

    /// A look at the store, which keeps no server: closures of a test may live on.
    private struct Look: Sendable {
        let path: String

        func deletions() -> Int { (try? RedisCaller(path).ask("HLEN", RedisKeys("taskflow").gone).integer) ?? -1 }
    }

    private var look: Look { Look(path: redis.path) }

    /// Runs `body` with a log that has these batches in it, and one that has yet to be opened and has a proxy in front of it.
    private func withServers(
        _ batches: [[TaskCommand.Action]],
        _ body: @escaping @LoopActor (LogDesk, RedisLog, LogDesk, RedisProxy) throws -> Void
    ) async throws {
        let near = try #require(redis.address("taskflow"))
        let code = await withLoop { _ in
            _ = RedisProxy(to: redis.path) { proxy, far in
                guard let far else {
                    Issue.record("the proxy has no port")
                    return
                }
                let log = RedisLog(near)
                let (first, other) = (LogDesk(log), LogDesk(RedisLog(far)))
                first.start { _ in
                    first.submitAll(batches) {
                        do { try body(first, log, other, proxy) } catch { Issue.record(error) }
                    }
                }
            }
        }
        #expect(code == 0)
    }

    @LoopActor
    private static func close(_ first: LogDesk, _ other: LogDesk, _ proxy: RedisProxy) {
        first.log.close { other.log.close { proxy.close() } }
    }

    @Test("Whoever starts behind it has the same tasks, whatever has happened before", arguments: 1...6)
    func same(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let batches = try random.batches()
        let (said, look) = (Log(), look)
        try await withServers(batches) { first, log, other, proxy in
            let before = look.deletions()
            log.sweep(least: 1) {
                other.start { result in
                    let isSame = other.ledger.store.isSame(as: first.ledger.store)
                    let after = look.deletions()
                    said("\(before > 0) \(after) \((try? result.get()) != nil) \(isSame)")
                    Self.close(first, other, proxy)
                }
            }
        }
        #expect(said.lines == ["true 0 true true"])
    }

    /// Two tasks, of which one needs the other, which is deleted.
    private static func deletion() throws -> [[TaskCommand.Action]] {
        [
            [
                .create(.test(1), try TaskFields(title: "a")),
                .create(.test(2), try TaskFields(title: "b", needs: [.test(1)])),
            ],
            [.delete(.test(1))],
        ]
    }

    @Test("While few were, of many tasks, nothing is looked at; nor by a server that is not the first")
    func few() async throws {
        let (said, look) = (Log(), look)
        let many = try (3...20).map { TaskCommand.Action.create(.test($0), try TaskFields(title: "t")) }
        try await withServers(try Self.deletion()) { first, log, other, proxy in
            log.sweep(least: 2) {
                said("few: \(look.deletions())")
                other.start { _ in
                    (other.log as? RedisLog)?.sweep(least: 1) {
                        said("another: \(look.deletions())")
                        first.submit(many) {
                            log.sweep(least: 1) {
                                said("of many: \(look.deletions())")
                                Self.close(first, other, proxy)
                            }
                        }
                    }
                }
            }
        }
        #expect(said.lines == ["few: 1", "another: 1", "of many: 1"])
    }

    /// What a server does when it has the tasks and asks for what was deleted.
    @LoopActor
    private static func atDeletions(_ proxy: RedisProxy, _ body: @escaping (@escaping () -> Void) -> Void) {
        let keys = RedisKeys("taskflow")
        let word = "HSCAN\r\n$\(keys.gone.utf8.count)\r\n\(keys.gone)\r\n"
        proxy.hold = (word, body)
    }

    @Test("While a server reads the store nothing is forgotten: it may have an older row")
    func reading() async throws {
        let (said, look) = (Log(), look)
        try await withServers(try Self.deletion()) { first, log, other, proxy in
            Self.atDeletions(proxy) { goOn in
                log.sweep(least: 1) {
                    said("\(look.deletions()) left")
                    goOn()
                }
            }
            other.start { _ in
                said("\(other.ledger.store.isSame(as: first.ledger.store))")
                log.sweep(least: 1) {
                    said("\(look.deletions()) left")
                    Self.close(first, other, proxy)
                }
            }
        }
        #expect(said.lines == ["1 left", "true", "0 left"])
    }

    @Test("A server that took so long that others do not wait for it any more begins to read anew")
    func late() async throws {
        let (said, look) = (Log(), look)
        try await withServers(try Self.deletion()) { first, log, other, proxy in
            Self.atDeletions(proxy) { goOn in
                _ = try? RedisCaller(look.path).ask("DEL", RedisKeys("taskflow").loading)
                log.sweep(least: 1) {
                    said("\(look.deletions()) left")
                    goOn()
                }
            }
            other.start { result in
                said("\((try? result.get()) != nil) \(other.ledger.store.isSame(as: first.ledger.store))")
                Self.close(first, other, proxy)
            }
        }
        #expect(said.lines == ["0 left", "true true"])
    }
}
