import LoopTesting
import Testing
import UVCore

@Suite("Warnings, as Node's process.emitWarning")
struct LoopWarningTests {
    @Test("A delay that is too long is told, with the number of milliseconds; the longest one is not")
    func tooLong() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onWarning = { log("\($0)") }
            for milliseconds in [0, -5, 2_147_483_647, 2_147_483_648] as [Int64] {
                loop.setTimeout(.milliseconds(milliseconds)) {}.cancel()
                loop.setInterval(.milliseconds(milliseconds)) {}.cancel()
            }
        }
        let warning = """
            TimeoutOverflowWarning: 2147483648 does not fit into a 32-bit signed integer.
            Timeout duration was set to 1.
            """
        #expect(log.lines == [warning, warning])
    }

    @Test("A warning is told in a tick, in line with the others; what its handler throws is uncaught")
    func inTick() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            loop.onWarning = { warning in
                log(warning.name)
                throw Thrown("from the handler")
            }
            loop.nextTick { log("tick 1") }
            loop.setTimeout(.seconds(Int64.max)) {}.cancel()
            loop.nextTick { log("tick 2") }
            log("main")
        }
        #expect(
            log.lines == ["main", "tick 1", "TimeoutOverflowWarning", "uncaught from the handler", "tick 2"])
    }

    @Test("Without a handler a warning is a line on standard error, and the program goes on")
    func standardError() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let code = EventLoop.run { loop in loop.setTimeout(.milliseconds(2_147_483_648)) {} }
            #expect(code == 0)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("TimeoutOverflowWarning: 2147483648 does not fit into a 32-bit signed integer.\n"))
    }

    @Test("In an exit handler there is no tick, and so no warning")
    func atExit() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onWarning = { log($0.name) }
            loop.onExit = { _ in loop.setTimeout(.seconds(Int64.max)) {} }
        }
        #expect(log.lines.isEmpty)
    }
}
