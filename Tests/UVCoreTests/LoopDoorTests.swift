import Dispatch
import LoopTesting
import Testing
import UVCore

@Suite("The way in for other threads")
struct LoopDoorTests {
    @Test("8 threads hand over 1,000 callbacks each: all arrive, each thread's in order, as callbacks of their own")
    func manyThreads() async {
        nonisolated(unsafe) var received = [[Int]](repeating: [], count: 8)
        nonisolated(unsafe) var ticks = 0
        _ = await withLoop { loop in
            let keepAlive = loop.setTimeout(.seconds(60)) {}
            nonisolated(unsafe) var open = 8
            for thread in 0..<8 {
                DispatchQueue(label: "thread \(thread)").async {
                    for number in 0..<1_000 {
                        EventLoop.execute {
                            // Each is a callback: the ticks of all before it have run.
                            #expect(ticks == received.joined().count)
                            EventLoop.current.nextTick { ticks += 1 }
                            received[thread].append(number)
                        }
                    }
                    EventLoop.execute {
                        open -= 1
                        if open == 0 { keepAlive.cancel() }
                    }
                }
            }
        }
        #expect(received == [[Int]](repeating: Array(0..<1_000), count: 8))
        #expect(ticks == 8_000)
    }

    @Test("From the loop's own thread a callback comes later too, in the poll phase")
    func ownThread() async {
        let log = Log()
        _ = await withLoop { loop in
            EventLoop.execute {
                log("first")
                EventLoop.execute { log("third") }
                loop.setImmediate { log("immediate") }
            }
            EventLoop.execute { log("second") }
            loop.nextTick { log("tick") }
            loop.setTimeout(.milliseconds(20)) {}
            log("main")
        }
        #expect(log.lines == ["main", "tick", "first", "second", "immediate", "third"])
    }

    @Test("What a callback throws is uncaught, and the next one runs all the same")
    func throwing() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            EventLoop.execute { throw Thrown("from elsewhere") }
            EventLoop.execute { log("next") }
            loop.setImmediate {}
        }
        #expect(log.lines == ["uncaught from elsewhere", "next"])
    }

    @Test("A callback that ends the program is the last")
    func exiting() async {
        let log = Log()
        let code = await withLoop { loop in
            EventLoop.execute { loop.exit(6) }
            EventLoop.execute { log("never") }
            loop.setTimeout(.seconds(30)) {}
        }
        #expect(code == 6 && log.lines.isEmpty)
    }

    @Test("Handing over does not keep the loop alive, but what has come by its end is run")
    func notAlive() async {
        let log = Log()
        _ = await withLoop { loop in
            EventLoop.execute { log("errand") }
            loop.onExit = { _ in log("exit") }
        }
        #expect(log.lines == ["errand", "exit"])
    }

    @Test("Actor calls from many threads at once are all served")
    func actorCalls() async {
        nonisolated(unsafe) var sum = 0
        _ = await withLoop { loop in
            let keepAlive = loop.setTimeout(.seconds(60)) {}
            Task.detached {
                await withTaskGroup { group in
                    for number in 1...500 { group.addTask { await Sum.add(number, to: { sum += $0 }) } }
                }
                EventLoop.execute { keepAlive.cancel() }
            }
        }
        #expect(sum == 125_250)
    }

    @Test("The loop's code traps on another thread, instead of racing")
    func wrongThread() async {
        await #expect(processExitsWith: .failure) {
            _ = EventLoop.run { loop in
                DispatchQueue.global().async { LoopActor.assumeIsolated { EventLoop.current.nextTick {} } }
                loop.setTimeout(.seconds(10)) {}
            }
        }
    }
}

private enum Sum {
    @LoopActor static func add(_ number: Int, to sum: @Sendable (Int) -> Void) { sum(number) }
}
