import LoopTesting
import Testing
import UVCore

@Suite("Errors that callbacks throw, and how a program ends")
struct ErrorAndExitTests {
    @Test("After a throwing timeout the next due one runs first, then the queues of the one that threw")
    func throwInTimer() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            loop.setTimeout(.milliseconds(1)) {
                log("A")
                loop.nextTick { log("tick of A") }
                loop.queueMicrotask { log("micro of A") }
                throw Thrown("from A")
            }
            loop.setTimeout(.milliseconds(1)) { log("B") }
            loop.setTimeout(.milliseconds(1)) { log("C") }
            loop.setImmediate { log("immediate") }
            clock.advance(by: .milliseconds(10))
        }
        #expect(log.lines == ["A", "uncaught from A", "B", "tick of A", "micro of A", "C", "immediate"])
    }

    @Test("After a throwing immediate the rest of the batch goes on; what is queued meanwhile waits")
    func throwInImmediate() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            loop.setImmediate {
                log("A")
                loop.nextTick { log("tick of A") }
                loop.setImmediate { log("queued meanwhile") }
                throw Thrown("from A")
            }
            loop.setImmediate { log("B") }
            loop.setImmediate { log("C") }
        }
        #expect(log.lines == ["A", "uncaught from A", "B", "tick of A", "C", "queued meanwhile"])
    }

    @Test("When the last immediate of a batch throws, what is queued meanwhile runs at once")
    func throwInLastImmediate() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            loop.setImmediate {
                log("A")
                loop.nextTick { log("tick of A") }
                loop.setImmediate { log("queued meanwhile") }
                loop.setTimeout(.milliseconds(1)) { log("timeout") }
                clock.advance(by: .milliseconds(5))
                throw Thrown("from A")
            }
        }
        #expect(log.lines == ["A", "uncaught from A", "queued meanwhile", "tick of A", "timeout"])
    }

    @Test("An immediate is the last of its batch, too, when those after it are cancelled")
    func throwBeforeCancelledImmediates() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            var rest: [Immediate] = []
            loop.setImmediate {
                log("A")
                loop.setImmediate { log("queued meanwhile") }
                loop.setTimeout(.milliseconds(1)) { log("timeout") }
                clock.advance(by: .milliseconds(5))
                rest.forEach { $0.cancel() }
                throw Thrown("from A")
            }
            rest = ["B", "C"].map { name in loop.setImmediate { log(name) } }
        }
        #expect(log.lines == ["A", "uncaught from A", "queued meanwhile", "timeout"])
    }

    @Test("A timeout that cancels itself and throws takes its list along: the next list goes before its tick")
    func throwInCancelledTimeout() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            var itself: Timeout?
            itself = loop.setTimeout(.milliseconds(1)) {
                loop.nextTick { log("tick of A") }
                itself?.cancel()
                throw Thrown("from A")
            }
            loop.setTimeout(.milliseconds(2)) { log("B") }
            clock.advance(by: .milliseconds(5))
        }
        #expect(log.lines == ["uncaught from A", "B", "tick of A"])
    }

    @Test("A tick that throws between immediates holds nothing up; after the last one a timeout comes first")
    func throwInTickOfImmediate() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            @LoopActor func queue(_ name: String) {
                loop.setImmediate {
                    log(name)
                    loop.nextTick { throw Thrown("tick of \(name)") }
                    loop.nextTick { log("second tick of \(name)") }
                    loop.setImmediate { log("from \(name)") }
                    loop.setTimeout(.milliseconds(1)) { log("timeout of \(name)") }
                    clock.advance(by: .milliseconds(5))
                }
            }
            queue("A")
            queue("B")
        }
        #expect(
            log.lines == [
                "A", "uncaught tick of A", "B", "second tick of A", "uncaught tick of B", "timeout of A",
                "second tick of B", "timeout of B", "from A", "from B",
            ])
    }

    @Test("A throw in an I/O callback leaves its ticks to the opening of check")
    func throwInIO() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            FileSystem.stat("/") { _ in
                log("io throws")
                loop.nextTick { log("tick of io") }
                loop.setImmediate { log("immediate") }
                throw Thrown("from io")
            }
        }
        #expect(log.lines == ["io throws", "uncaught from io", "tick of io", "immediate"])
    }

    @Test("After a throw in a tick or a microtask the next one goes on")
    func throwInQueues() async {
        let log = Log()
        _ = await withLoop(clock: .manual(ManualClock())) { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            loop.setTimeout(.milliseconds(1)) {
                loop.nextTick { throw Thrown("tick 1") }
                loop.nextTick { log("tick 2") }
                loop.queueMicrotask { throw Thrown("micro 1") }
                loop.queueMicrotask { log("micro 2") }
                loop.setImmediate { log("immediate") }
            }
        }
        #expect(log.lines == ["uncaught tick 1", "tick 2", "uncaught micro 1", "micro 2", "immediate"])
    }

    @Test("An error that nobody handles ends the program with code 1; nothing queued runs")
    func unhandled() async {
        let log = Log()
        let code = await withLoop { loop in
            loop.onExit = { log("exit \($0)") }
            loop.setImmediate {
                loop.nextTick { log("tick") }
                loop.queueMicrotask { log("microtask") }
                throw Thrown("nobody handles this")
            }
            loop.setImmediate { log("second immediate") }
        }
        #expect(code == 1)
        #expect(log.lines == ["exit 1"])
    }

    @Test("onBeforeExit can start the loop again any number of times, a tick in it does not")
    func beforeExit() async {
        let log = Log()
        let code = await withLoop(clock: .manual(ManualClock())) { loop in
            var times = 0
            loop.onBeforeExit = { code in
                times += 1
                log("beforeExit \(code) \(times)")
                if times == 1 { loop.setTimeout(.milliseconds(1)) { log("timer") } }
                if times == 2 {
                    loop.setImmediate {
                        log("immediate")
                        loop.exitCode = 7
                    }
                }
                if times == 3 { loop.nextTick { log("tick in the last beforeExit") } }
            }
            loop.onExit = { code in
                log("exit \(code)")
                loop.nextTick { log("tick in exit") }
                loop.queueMicrotask { log("microtask in exit") }
                loop.setTimeout(.zero) { log("timer in exit") }
            }
            loop.setTimeout(.milliseconds(1)) { log("first timer") }
        }
        #expect(
            log.lines == [
                "first timer", "beforeExit 0 1", "timer", "beforeExit 0 2", "immediate", "beforeExit 7 3",
                "tick in the last beforeExit", "exit 7", "microtask in exit",
            ])
        #expect(code == 7)
    }

    @Test("exit calls onExit at once, and nothing that is queued runs")
    func exit() async {
        let log = Log()
        let code = await withLoop { loop in
            loop.onExit = { log("exit \($0)") }
            loop.onBeforeExit = { _ in log("beforeExit") }
            loop.setImmediate {
                loop.nextTick { log("tick") }
                loop.queueMicrotask { log("microtask") }
                loop.setTimeout(.zero) { log("timer") }
                log("calling exit")
                loop.exit(5)
            }
        }
        #expect(log.lines == ["calling exit", "exit 5"])
        #expect(code == 5)
    }
}
