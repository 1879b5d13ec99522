import LoopTesting
import Testing
import UVCore

/// The probes behind the loop's `async` layer: a toolchain may change what they show.
@Suite("async code runs on the loop's thread, in microtask order")
struct AsyncTests {
    /// As long as a task elsewhere may wait for a thread, which all tests share. The watchdog of a loop has more.
    private static let patience = Duration.seconds(110)

    @Test("A task starts in a microtask, in one queue with queueMicrotask")
    func start() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.queueMicrotask { log("microtask 1") }
            loop.spawn { log("task") }
            loop.queueMicrotask { log("microtask 2") }
            loop.nextTick { log("tick") }
            log("main")
        }
        #expect(log.lines == ["main", "tick", "microtask 1", "task", "microtask 2"])
    }

    @Test("A continuation takes exactly one turn of the microtask queue")
    func oneTurn() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.spawn {
                await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                    continuation.resume()
                }
                log("resumed")
            }
            loop.queueMicrotask {
                loop.queueMicrotask { log("one turn later") }
                loop.queueMicrotask { loop.queueMicrotask { log("two turns later") } }
            }
        }
        #expect(log.lines == ["one turn later", "resumed", "two turns later"] || log.lines.first == "resumed")
        #expect(log.lines.last == "two turns later")
    }

    @Test("Each await of the loop is one turn", arguments: [true, false])
    func turns(isNumber: Bool) async {
        let log = Log()
        _ = await withLoop { loop in
            loop.spawn {
                for turn in 1...3 {
                    if isNumber { _ = try await DNS.lookup("::1") } else { await loop.nextTurn() }
                    log("task \(turn)")
                }
            }
            @LoopActor func chain(_ turn: Int) {
                log("turn \(turn)")
                if turn < 3 { loop.queueMicrotask { chain(turn + 1) } }
            }
            loop.queueMicrotask { loop.queueMicrotask { chain(1) } }
        }
        #expect(log.lines == ["task 1", "turn 1", "task 2", "turn 2", "task 3", "turn 3"])
    }

    @Test("An await that does not suspend costs no turn")
    func noSuspension() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.spawn {
                log(await plain("value"))
                log("after")
            }
            loop.queueMicrotask { log("microtask") }
        }
        #expect(log.lines == ["value", "after", "microtask"])
    }

    @Test("Timers and other threads resume a task on the loop's thread")
    func resumedFromElsewhere() async {
        let log = Log()
        _ = await withLoop { loop in
            let keepAlive = loop.setTimeout(Self.patience) {}
            loop.spawn {
                try await loop.sleep(.milliseconds(1))
                LoopActor.assertIsolated()
                log("slept")
                await Task.detached {}.value
                LoopActor.assertIsolated()
                log("detached task")
                await elsewhere()
                LoopActor.assertIsolated()
                log("concurrent function")
                async let child = elsewhere()
                await child
                LoopActor.assertIsolated()
                log("child task")
                keepAlive.cancel()
            }
        }
        #expect(log.lines == ["slept", "detached task", "concurrent function", "child task"])
    }

    @Test("Other threads reach the loop by execute and by awaiting its actor")
    func otherThreads() async {
        let log = Log()
        _ = await withLoop { loop in
            let keepAlive = loop.setTimeout(Self.patience) {}
            Task.detached {
                EventLoop.execute { log("executed") }
                await say("awaited", in: log)
                EventLoop.execute { keepAlive.cancel() }
            }
        }
        #expect(log.lines == ["executed", "awaited"])
    }

    @Test("An error that a task throws is an uncaught error")
    func throwing() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            loop.spawn { throw Thrown("from a task") }
        }
        #expect(log.lines == ["uncaught from a task"])
    }

    @Test("A cancelled sleep ends at once")
    func cancelledSleep() async {
        let log = Log()
        _ = await withLoop(clock: .manual(ManualClock())) { loop in
            let task = loop.spawn {
                do {
                    try await loop.sleep(.seconds(3_600))
                } catch {
                    log("\(type(of: error))")
                }
            }
            loop.setImmediate {
                task.cancel()
                loop.queueMicrotask { log("microtask") }
            }
        }
        #expect(log.lines == ["CancellationError", "microtask"])
    }

    @Test("nextCheck continues in the check phase, in line with the immediates")
    func check() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.spawn {
                loop.setImmediate { log("immediate 1") }
                loop.queueMicrotask { loop.setImmediate { log("immediate 2") } }
                await loop.nextCheck()
                log("continued")
                loop.queueMicrotask { log("microtask") }
                await loop.nextCheck()
                log("continued in the next iteration")
            }
        }
        let expected = [
            "immediate 1", "continued", "microtask", "immediate 2", "continued in the next iteration",
        ]
        #expect(log.lines == expected)
    }

    @Test("An interval yields again and again, keeps what is missed, and ends with the loop over it")
    func interval() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.spawn {
                var calls = 0
                for await _ in loop.interval(.milliseconds(10)) {
                    calls += 1
                    log("\(calls) at \(clock.milliseconds)")
                    if calls == 1 { try await loop.sleep(.milliseconds(25)) }
                    if calls == 4 { break }
                }
                log("left")
            }
            loop.onBeforeExit = { _ in log("nothing is left to wait for, at \(clock.milliseconds)") }
        }
        #expect(
            log.lines == [
                "1 at 10", "2 at 35", "3 at 35", "4 at 40", "left", "nothing is left to wait for, at 40",
            ])
    }

    @Test("An interval ends when its task is cancelled, and when nobody ever waits for it", arguments: [false, true])
    func endedInterval(isCancelled: Bool) async {
        let log = Log()
        _ = await withLoop(clock: .manual(ManualClock())) { loop in
            guard isCancelled else { return _ = loop.interval(.milliseconds(10)) }
            let task = loop.spawn {
                for await _ in loop.interval(.seconds(3_600)) { log("never") }
                log("ended")
            }
            loop.setImmediate { task.cancel() }
        }
        #expect(log.lines == (isCancelled ? ["ended"] : []))
    }

    @Test("A task that waits does not keep the loop alive")
    func waitingTask() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.spawn {
                await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
                log("never")
            }
        }
        #expect(log.lines.isEmpty)
    }
}

private func plain(_ value: String) async -> String { value }

@concurrent private func elsewhere() async {}

@LoopActor private func say(_ line: String, in log: Log) async { log(line) }
