import LoopTesting
import SeededRandom
import Testing
import UVCore

@Suite("Timers as Node's timers.js keeps them")
struct TimerTests {
    @Test("All due timeouts of one delay run before another delay's, even one that expires earlier")
    func orderAcrossLists() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.setTimeout(.milliseconds(300)) { log("d") }
            loop.setTimeout(.milliseconds(200)) { log("a") }
            clock.advance(by: .milliseconds(100))
            loop.setTimeout(.milliseconds(200)) { log("b") }
            loop.setTimeout(.milliseconds(150)) { log("c") }
            clock.advance(by: .milliseconds(350))
        }
        #expect(log.lines == ["a", "b", "c", "d"])
    }

    @Test("Lists of one expiry run in the order they were made")
    func sameExpiry() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.setTimeout(.milliseconds(20)) { log("20 at 0") }
            clock.advance(by: .milliseconds(10))
            loop.setTimeout(.milliseconds(10)) { log("10 at 10") }
            clock.advance(by: .milliseconds(5))
            loop.setTimeout(.milliseconds(5)) { log("5 at 15") }
        }
        #expect(log.lines == ["20 at 0", "10 at 10", "5 at 15"])
    }

    @Test(
        "A delay is cut to whole milliseconds, and 1 ms outside 1…2³¹ − 1",
        arguments: [
            (Duration.zero, Duration.milliseconds(1)), (.milliseconds(-5), .milliseconds(1)),
            (.milliseconds(1), .milliseconds(1)), (.microseconds(1_900), .microseconds(1_900)),
            (.milliseconds(2_147_483_647), .milliseconds(2_147_483_647)),
            (.milliseconds(2_147_483_648), .milliseconds(1)), (.seconds(Int64.max), .milliseconds(1)),
        ])
    func coercion(asked: Duration, expected: Duration) async {
        _ = await withLoop { loop in
            loop.onWarning = { _ in }
            let timeout = loop.setTimeout(asked) {}
            #expect(timeout.delay == expected)
            timeout.cancel()
        }
    }

    @Test("1.9 ms, 0 and 1 ms stand in one list, in arming order")
    func fractions() async {
        let log = Log()
        _ = await withLoop(clock: .manual(ManualClock())) { loop in
            loop.setTimeout(.microseconds(1_900)) { log("1.9") }
            loop.setTimeout(.zero) { log("0") }
            loop.setTimeout(.milliseconds(1)) { log("1") }
        }
        #expect(log.lines == ["1.9", "0", "1"])
    }

    @Test("A late interval shifts the later calls and does not catch up")
    func intervalDrift() async {
        let clock = ManualClock()
        nonisolated(unsafe) var times: [Int64] = []
        _ = await withLoop(clock: .manual(clock)) { loop in
            var interval: Timeout?
            interval = loop.setInterval(.milliseconds(20)) {
                times.append(clock.milliseconds)
                if times.count == 1 { clock.advance(by: .milliseconds(65)) }
                if times.count == 4 { interval?.cancel() }
            }
        }
        #expect(times == [20, 86, 106, 126])
    }

    @Test("A due timeout that a sibling or a tick in between cancels does not run")
    func cancelDue() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            var second: Timeout?
            var third: Timeout?
            loop.setTimeout(.milliseconds(1)) {
                log("first")
                second?.cancel()
                second?.cancel()
                loop.nextTick { third?.cancel() }
            }
            second = loop.setTimeout(.milliseconds(1)) { log("second") }
            third = loop.setTimeout(.milliseconds(1)) { log("third") }
            loop.setTimeout(.milliseconds(1)) { log("fourth") }
            clock.advance(by: .milliseconds(5))
        }
        #expect(log.lines == ["first", "fourth"])
    }

    @Test("A timeout armed by a timeout of the same delay waits for the next pass")
    func armedInPass() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.setTimeout(.milliseconds(1)) {
                log("first")
                loop.setTimeout(.milliseconds(1)) { log("armed in the pass") }
                loop.setImmediate { log("immediate") }
                clock.advance(by: .milliseconds(5))
            }
            loop.setTimeout(.milliseconds(1)) { log("second") }
        }
        #expect(log.lines == ["first", "second", "immediate", "armed in the pass"])
    }

    @Test("Refreshing begins the delay anew, also after the timeout has fired, but not after it was cancelled")
    func refresh() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            let timeout = loop.setTimeout(.milliseconds(10)) { log("refreshed at \(clock.milliseconds)") }
            let cancelled = loop.setTimeout(.milliseconds(10)) { log("cancelled") }
            cancelled.cancel()
            cancelled.refresh()
            loop.setTimeout(.milliseconds(5)) { timeout.refresh() }
            loop.setTimeout(.milliseconds(30)) { timeout.refresh() }
        }
        #expect(log.lines == ["refreshed at 15", "refreshed at 40"])
    }

    @Test("An unreferenced timeout does not keep the loop alive, but runs while something else does")
    func unreferenced() async {
        let log = Log()
        _ = await withLoop(clock: .manual(ManualClock())) { loop in
            loop.onExit = { _ in log("exit") }
            FileSystem.stat("/") { _ in
                let short = loop.setTimeout(.milliseconds(10)) { log("10 ms") }.unref()
                let long = loop.setTimeout(.milliseconds(500)) { log("500 ms") }.unref()
                loop.setTimeout(.milliseconds(30)) {
                    log("30 ms")
                    loop.setImmediate { log("unreferenced immediate alone") }.unref()
                }
                loop.setImmediate { log("unreferenced immediate") }.unref()
                log("\([short.hasRef, long.hasRef, long.ref().hasRef, long.unref().hasRef])")
            }
        }
        #expect(
            log.lines == ["[false, false, true, false]", "unreferenced immediate", "10 ms", "30 ms", "exit"])
    }

    @Test("An unreferenced timeout that is due in the last iteration runs; due when the main program ends, it does not")
    func unreferencedAtTheEnd() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.setImmediate {
                log("last immediate")
                loop.setTimeout(.milliseconds(1)) { log("due in the last iteration") }.unref()
                clock.advance(by: .milliseconds(5))
            }
        }
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.setTimeout(.milliseconds(1)) { log("due in main") }.unref()
            clock.advance(by: .milliseconds(5))
        }
        #expect(log.lines == ["last immediate", "due in the last iteration"])
    }

    @Test("An immediate that the last timeout leaves behind unreferenced does not run")
    func unreferencedImmediate() async {
        let log = Log()
        _ = await withLoop(clock: .manual(ManualClock())) { loop in
            loop.setTimeout(.milliseconds(1)) { loop.setImmediate { log("immediate") }.unref() }
        }
        #expect(log.lines.isEmpty)
    }

    @Test("Timeouts that are due before the loop turns are followed by an iteration, whatever they leave behind")
    func iterationAfterFirstTimeouts() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            @LoopActor func arm(_ name: String) {
                loop.setTimeout(.milliseconds(1)) {
                    loop.setTimeout(.milliseconds(1)) { log("timeout of \(name)") }.unref()
                    loop.setImmediate {
                        log("immediate of \(name)")
                        clock.advance(by: .milliseconds(5))
                    }.unref()
                }
                clock.advance(by: .milliseconds(5))
            }
            var isFirst = true
            loop.onBeforeExit = { _ in
                log("beforeExit")
                if isFirst { arm("beforeExit") }
                isFirst = false
            }
            arm("main")
        }
        let expected = ["main", "beforeExit"].flatMap { ["immediate of \($0)", "timeout of \($0)", "beforeExit"] }
        #expect(log.lines == expected)
    }

    @Test("Random timeouts fire in the order that a plain model gives", arguments: [UInt64(1), 2, 3, 4, 5])
    func againstModel(seed: UInt64) async {
        let clock = ManualClock()
        nonisolated(unsafe) var fired: [(id: Int, at: Int64)] = []
        nonisolated(unsafe) var expected: [(id: Int, at: Int64)] = []
        _ = await withLoop(clock: .manual(clock)) { loop in
            var generator = SeededGenerator(seed: seed)
            for id in 0..<500 {
                let delay = Int64.random(in: 1...40, using: &generator)
                let timeout = loop.setTimeout(.milliseconds(delay)) { fired.append((id, clock.milliseconds)) }
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    timeout.cancel()
                } else {
                    expected.append((id, delay))
                }
            }
        }
        // The clock jumps from timeout to timeout, so each is on time; equal times go by the age of their list.
        #expect(fired.map(\.at) == fired.map(\.at).sorted())
        #expect(fired.sorted { $0.id < $1.id }.map(\.at) == expected.map(\.at), "seed \(seed)")
        for (one, other) in zip(fired, fired.dropFirst()) where one.at == other.at { #expect(one.id < other.id) }
    }
}
