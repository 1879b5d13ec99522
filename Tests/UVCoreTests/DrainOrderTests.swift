import LoopTesting
import Testing
import UVCore

@Suite("After each callback: ticks, then microtasks, until both queues are empty")
struct DrainOrderTests {
    @Test("A main program's ticks come before its microtasks, timers before immediates")
    func basicPhases() async {
        let log = Log()
        let clock = ManualClock()
        let code = await withLoop(clock: .manual(clock)) { loop in
            log("sync 1")
            loop.setImmediate { log("immediate") }
            loop.setTimeout(.zero) { log("timeout 0") }
            loop.queueMicrotask { log("microtask 1") }
            loop.nextTick { log("tick 1") }
            loop.queueMicrotask { log("microtask 2") }
            loop.nextTick { log("tick 2") }
            clock.advance(by: .milliseconds(5))
            log("sync 2")
        }
        #expect(
            log.lines == [
                "sync 1", "sync 2", "tick 1", "tick 2", "microtask 1", "microtask 2", "timeout 0", "immediate",
            ])
        #expect(code == 0)
    }

    @Test("Ticks from ticks run before microtasks, ticks from microtasks after all microtasks")
    func nesting() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.nextTick {
                log("T1")
                loop.nextTick { log("T3") }
                loop.queueMicrotask { log("M2") }
            }
            loop.queueMicrotask {
                log("M1")
                loop.nextTick { log("T4") }
                loop.queueMicrotask { log("M3") }
            }
            loop.nextTick { log("T2") }
            log("main")
        }
        #expect(log.lines == ["main", "T1", "T2", "T3", "M1", "M2", "M3", "T4"])
    }

    @Test("Queues drain between two timers and between two immediates")
    func betweenCallbacks() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            @LoopActor func callback(_ name: String) -> () -> Void {
                return {
                    log(name)
                    loop.nextTick { log("\(name) tick") }
                    loop.queueMicrotask { log("\(name) micro") }
                }
            }
            FileSystem.stat("/") { _ in
                loop.setTimeout(.milliseconds(1), callback("timer A"))
                loop.setTimeout(.milliseconds(1), callback("timer B"))
                loop.setTimeout(.milliseconds(2), callback("timer C"))
                loop.setImmediate(callback("immediate A"))
                loop.setImmediate(callback("immediate B"))
                clock.advance(by: .milliseconds(10))
            }
        }
        let order = ["immediate A", "immediate B", "timer A", "timer B", "timer C"]
        #expect(log.lines == order.flatMap { [$0, "\($0) tick", "\($0) micro"] })
    }

    @Test("An immediate queued while immediates run waits for the next iteration; due timers come in between")
    func immediateFromImmediate() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.setImmediate {
                log("immediate 1")
                loop.setImmediate { log("immediate 3") }
                loop.nextTick { loop.setImmediate { log("immediate 4") } }
                loop.setTimeout(.milliseconds(1)) { log("timer") }
                clock.advance(by: .milliseconds(5))
            }
            loop.setImmediate { log("immediate 2") }
        }
        #expect(log.lines == ["immediate 1", "immediate 2", "timer", "immediate 3", "immediate 4"])
    }

    @Test("In an I/O callback an immediate comes before a timeout that is due already")
    func immediateBeforeTimeout() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            FileSystem.stat("/") { _ in
                loop.setTimeout(.zero) { log("timeout") }
                loop.setImmediate { log("immediate") }
                clock.advance(by: .milliseconds(3))
            }
        }
        #expect(log.lines == ["immediate", "timeout"])
    }

    @Test("Ticks and microtasks that queue themselves starve the loop while they last; immediates do not")
    func starvation() async {
        let log = Log()
        _ = await withLoop { loop in
            var (ticks, microtasks) = (0, 0)
            var (fileSeen, timerSeen) = (false, false)
            FileSystem.stat("/") { _ in fileSeen = true }
            loop.setTimeout(.milliseconds(1)) { timerSeen = true }
            @LoopActor func tick() {
                ticks += 1
                if ticks < 1_000 { loop.nextTick(tick) } else { log("ticks \(fileSeen) \(timerSeen)") }
            }
            @LoopActor func microtask() {
                microtasks += 1
                if microtasks < 1_000 {
                    loop.queueMicrotask(microtask)
                } else {
                    log("microtasks \(fileSeen) \(timerSeen)")
                }
            }
            @LoopActor func immediate() {
                if fileSeen && timerSeen { log("immediates true true") } else { loop.setImmediate(immediate) }
            }
            loop.nextTick(tick)
            loop.queueMicrotask(microtask)
            loop.setImmediate(immediate)
        }
        #expect(log.lines == ["ticks false false", "microtasks false false", "immediates true true"])
    }

    @Test("A callback entered inside a tick or a microtask leaves the queues to the one that is on")
    func enteredInside() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.nextTick {
                loop.enter { log("entered") }
                log("tick 1")
            }
            loop.nextTick { log("tick 2") }
            loop.queueMicrotask {
                loop.enter { log("entered again") }
                log("microtask 1")
            }
            loop.queueMicrotask { log("microtask 2") }
        }
        #expect(log.lines == ["entered", "tick 1", "tick 2", "entered again", "microtask 1", "microtask 2"])
    }

    @Test("Sockets close in the closing phase: after check, before the next timers")
    func closingPhase() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            let server = Server { $0.resume() }
            server.listen(port: 0) {
                guard let port = server.address?.port else { return }
                let client = Socket.connect(port: port, host: "127.0.0.1")
                client.onClose = { hadError in
                    log("close \(hadError)")
                    loop.nextTick { log("tick from close") }
                    server.close { log("server closed") }
                }
                // The connection's own callback is the poll phase.
                client.onDrain = {
                    loop.setTimeout(.zero) { log("timeout 0") }
                    loop.setImmediate {
                        log("immediate")
                        loop.nextTick { log("tick from immediate") }
                    }
                    loop.nextTick { log("tick") }
                    loop.queueMicrotask { log("microtask") }
                    client.destroy()
                    log("destroyed \(client.isDestroyed)")
                    clock.advance(by: .milliseconds(5))
                }
                client.highWaterMark = 1
                client.write("x")
            }
        }
        #expect(
            log.lines == [
                "destroyed true", "tick", "microtask", "immediate", "tick from immediate", "close false",
                "tick from close", "timeout 0", "server closed",
            ])
    }
}
