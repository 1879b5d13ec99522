import Testing
import UVCore

@testable import TaskStorage

@Suite("How Redis is set")
struct RedisAdviceTests {
    @Test(
        "What is amiss is told, and nothing else",
        arguments: [
            ("aof_enabled:1\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n", 0),
            ("aof_enabled:1\r\nmaxmemory:1000\r\nmaxmemory_policy:noeviction\r\n", 0),
            ("aof_enabled:0\r\nmaxmemory:0\r\n", 1),
            ("aof_enabled:1\r\nmaxmemory:1000\r\nmaxmemory_policy:allkeys-lru\r\n", 1),
            ("aof_enabled:0\r\nmaxmemory:1\r\nmaxmemory_policy:volatile-ttl\r\n", 2),
        ])
    func warnings(info: String, count: Int) async { #expect(await RedisLog.warnings(info).count == count) }
}
