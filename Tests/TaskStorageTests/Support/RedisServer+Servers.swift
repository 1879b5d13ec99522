import LoopTesting
import Testing
import UVCore

@testable import TaskStorage

extension RedisServer {
    /// Runs `body` with a log beside Redis that is open, and one that has yet to be opened and has a proxy in front of it.
    func withServers(
        limits: HistoryLimits = HistoryLimits(),
        _ body: @escaping @LoopActor (LogDesk, LogDesk, RedisProxy) throws -> Void
    ) async throws {
        let near = try #require(address("taskflow"))
        let code = await withLoop { _ in
            _ = RedisProxy(to: path) { proxy, far in
                guard let far else {
                    Issue.record("the proxy has no port")
                    return
                }
                let (first, other) = (LogDesk(RedisLog(near, limits: limits)), LogDesk(RedisLog(far, limits: limits)))
                first.start { _ in
                    do { try body(first, other, proxy) } catch { Issue.record(error) }
                }
            }
        }
        #expect(code == 0)
    }
}
