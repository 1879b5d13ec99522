import LoopTesting
import Testing
import UVCore

@Suite("A thread of its own")
struct DedicatedThreadTests {
    @Test("Jobs are done one after the other, and their results come back in that order, later than the calls")
    func order() async {
        let log = Log()
        let running = Counter()
        let code = await withLoop { _ in
            let thread = try DedicatedThread()
            for number in 1...100 {
                thread.run {
                    running.enter()
                    defer { running.leave() }
                    return number
                } then: { result in
                    LoopActor.assertIsolated()
                    log("\(result)")
                }
            }
            log("returned")
        }
        #expect(code == 0)
        #expect(log.lines == ["returned"] + (1...100).map(String.init))
        #expect(running.most == 1)
    }

    @Test("It keeps the loop alive while a job is not finished, and not longer")
    func alive() async {
        let log = Log()
        let code = await withLoop { loop in
            let thread = try DedicatedThread()
            thread.run {
                1
            } then: { _ in
                log("one")
                loop.nextTick { log("tick") }
                thread.run {
                    2
                } then: { _ in
                    log("two")
                }
            }
        }
        #expect(code == 0)
        #expect(log.lines == ["one", "tick", "two"])
    }

    @Test("What a callback throws is uncaught, and the next one is called")
    func throwing() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            let thread = try DedicatedThread()
            thread.run {
            } then: { _ in
                throw Thrown("one")
            }
            thread.run {
            } then: { _ in
                log("two")
            }
        }
        #expect(log.lines == ["uncaught one", "two"])
    }

    @Test("When the loop ends, jobs that have not begun are dropped, and callbacks let go of what they hold")
    func end() async {
        let mayEnd = Flag()
        let begun = Flag()
        let isDone = Flag()
        let held = Reference()
        let code = await withLoop { loop in
            let thread = try DedicatedThread()
            let object = Held()
            held.object = object
            thread.run {
                begun.raise()
                mayEnd.wait()
            } then: { _ in
                _ = object
            }
            thread.run {
                isDone.raise()
            } then: { _ in
                _ = object
            }
            loop.setInterval(.milliseconds(1)) { if begun.isRaised { loop.exit(3) } }
        }
        #expect(code == 3)
        #expect(held.object == nil)
        #expect(!isDone.isRaised)
        mayEnd.raise()
    }

    @Test("A thread that is closed takes no job, and closing it twice is silent")
    func closed() async {
        let log = Log()
        let code = await withLoop { _ in
            let thread = try DedicatedThread()
            thread.close()
            thread.close()
            thread.run {
            } then: { _ in
                log("never")
            }
        }
        #expect(code == 0 && log.lines.isEmpty)
    }

    @Test("A callback may close the thread, and those of the jobs behind its own are not called")
    func closedByCallback() async {
        let log = Log()
        let areDone = Flag()
        let code = await withLoop { _ in
            let thread = try DedicatedThread()
            thread.run {
            } then: { _ in
                log("one")
                thread.close()
            }
            thread.run {
            } then: { _ in
                log("two")
            }
            thread.run {
                areDone.raise()
            } then: { _ in
                log("three")
            }
            // The loop finds the first two finished at once.
            areDone.wait()
        }
        #expect(code == 0 && log.lines == ["one"])
    }
}

private final class Held: Sendable {}

/// What the loop has made, looked at when it has ended.
private final class Reference: @unchecked Sendable {
    weak var object: Held?
}
