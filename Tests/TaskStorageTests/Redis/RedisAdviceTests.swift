import LoopTesting
import Testing
import UVCore

@testable import TaskStorage

@Suite("How Redis is set")
struct RedisAdviceTests {
    @Test(
        "What is amiss is told, and nothing else",
        arguments: [
            ("aof_enabled:1\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n", []),
            ("aof_enabled:1\r\nmaxmemory:1000\r\nmaxmemory_policy:noeviction\r\n", []),
            ("aof_enabled:0\r\nmaxmemory:0\r\n", ["appendonly"]),
            ("aof_enabled:1\r\nmaxmemory:1000\r\nmaxmemory_policy:allkeys-lru\r\n", ["maxmemory-policy"]),
            ("aof_enabled:0\r\nmaxmemory:1\r\nmaxmemory_policy:volatile-ttl\r\n", ["appendonly", "maxmemory-policy"]),
        ])
    func warnings(info: String, settings: [String]) async {
        let warnings = await RedisLog.warnings(RedisInfo(Array(info.utf8)))
        #expect(warnings.count == settings.count)
        for (warning, setting) in zip(warnings, settings) { #expect(warning.contains(setting)) }
    }

    @Test(
        "Clocks that are more than a second apart are told, at the limit and one beyond",
        arguments: [(9_000, true), (8_999, false), (12_000, true), (12_001, false)])
    func clocks(here: Int64, isGood: Bool) async {
        let warnings = await RedisLog.warnings(redisTime: 10, here: here)
        #expect(warnings.isEmpty == isGood, "\(warnings)")
    }

    @Test("They are compared again with the beat, and each time that they come apart is told once")
    func clocksLater() async throws {
        let redis = try RedisServer(in: TemporaryFolder())
        let address = try #require(redis.address("taskflow"))
        let said = Log()
        var patience = RedisPatience()
        patience.beat = .milliseconds(1)
        let code = await withLoop { loop in
            let log = RedisLog(address, HistoryLimits(), patience)
            // How many looks find the clocks apart, and how many agreeing; then it is over.
            var looks: [Int64] = [0, 0, 5_000, 5_000, 0, -5_000, -5_000]
            log.wallTime = {
                let now = SystemTime.milliseconds()
                guard let apart = looks.first else {
                    log.close {}
                    return now
                }
                looks.removeFirst()
                return now + apart
            }
            log.onWarning = { said("\(looks.count) left: \($0)") }
            log.open { _ in said("open") }
        }
        #expect(code == 0)
        #expect(said.lines.map { $0.prefix(7) } == ["open", "4 left:", "1 left:"])
        #expect(said.lines.dropFirst().allSatisfy { $0.hasSuffix("seconds apart.") })
    }

    @Test("That a user may not see the settings is told, and stops nothing")
    func hiddenSettings() async throws {
        let redis = try RedisServer(in: TemporaryFolder())
        let address = try #require(redis.address("taskflow"))
        _ = try RedisCaller(redis.path).ask("ACL", "SETUSER", "default", "-info")
        let said = Log()
        let code = await withLoop { _ in
            let log = RedisLog(address)
            log.open { result in
                said("\((try? result.get()) != nil) \(log.warnings)")
                log.close {}
            }
        }
        #expect(code == 0)
        #expect(said.lines.count == 1 && said.lines[0].hasPrefix("true"))
        #expect(said.lines.allSatisfy { $0.contains("see INFO: NOPERM") })
    }

    @Test("What is no time is told, and stops nothing", arguments: [-1, Int.min, Int.max, 1 << 40 + 1])
    func noTime(redisTime: Int) async {
        #expect(await RedisLog.warnings(redisTime: redisTime, here: 0).count == 1)
    }
}
