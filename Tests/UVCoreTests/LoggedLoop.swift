import LoopTesting
import Testing
import UVCore

/// What `body` and an error that nothing handles have logged, when the loop has come to a good end.
func loggedLoop(_ body: @escaping @LoopActor (EventLoop, Log) throws -> Void) async -> [String] {
    let log = Log()
    let code = await withLoop { loop in
        loop.onUncaughtError = { log("uncaught \($0)") }
        try body(loop, log)
    }
    #expect(code == 0)
    return log.lines
}
