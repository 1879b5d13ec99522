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
        let warnings = await RedisLog.warnings(info)
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

    @Test("What is no time is told, and stops nothing", arguments: [-1, Int.min, Int.max, 1 << 40 + 1])
    func noTime(redisTime: Int) async {
        #expect(await RedisLog.warnings(redisTime: redisTime, here: 0).count == 1)
    }
}
