import Foundation
import LoopTesting
import Testing
import UVCore

@Suite("How a loop ends, and what comes after")
struct LoopEndTests {
    @Test("onExit is called once, whatever its microtasks do", arguments: [false, true])
    func onExitOnce(throwing: Bool) async {
        let log = Log()
        let code = await withLoop { loop in
            loop.onExit = { code in
                log("exit \(code)")
                loop.queueMicrotask {
                    log("microtask")
                    if throwing { throw Thrown("in the microtask") }
                    loop.exit(5)
                }
            }
        }
        #expect(log.lines == ["exit 0", "microtask"])
        #expect(code == (throwing ? 1 : 5))
    }

    @Test("After onExit has thrown its microtasks do not run, handled or not", arguments: [false, true])
    func microtasksOfThrowingExit(isHandled: Bool) async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { error in
                log("uncaught \(error)")
                if !isHandled { throw error }
            }
            loop.onExit = { _ in
                loop.queueMicrotask { log("microtask") }
                throw Thrown("in exit")
            }
        }
        #expect(log.lines == ["uncaught in exit"])
    }

    @Test("In onExit the code can still be changed, by exit and by exitCode")
    func codeInOnExit() async {
        for isNatural in [false, true] {
            let byExit = await withLoop { loop in
                loop.onExit = { _ in loop.exit(4) }
                if !isNatural { loop.setImmediate { loop.exit(3) } }
            }
            #expect(byExit == 4)
            let byCode = await withLoop { loop in
                loop.onExit = { _ in loop.exitCode = 9 }
                if !isNatural { loop.setImmediate { loop.exit(3) } }
            }
            #expect(byCode == 9)
        }
    }

    @Test("Afterwards the first exit counts")
    func exitTwice() async {
        let code = await withLoop { loop in
            loop.exit(3)
            loop.exit(4)
        }
        #expect(code == 3)
    }

    @Test(
        "When a queue ends the program between two callbacks, the second is not called",
        arguments: ["tick", "microtask", "error in a tick", "error in a microtask"], [1, 2])
    func exitBetweenCallbacks(ending: String, secondDelay: Int) async {
        let log = Log()
        let clock = ManualClock()
        let code = await withLoop(clock: .manual(clock)) { loop in
            @LoopActor func end() {
                switch ending {
                case "tick": loop.nextTick { loop.exit(1) }
                case "microtask": loop.queueMicrotask { loop.exit(1) }
                case "error in a tick": loop.nextTick { throw Thrown("in the tick") }
                default: loop.queueMicrotask { throw Thrown("in the microtask") }
                }
            }
            loop.setTimeout(.milliseconds(1)) { end() }
            // Of the same list and of another.
            loop.setTimeout(.milliseconds(secondDelay)) { log("timeout") }
            clock.advance(by: .milliseconds(5))
        }
        #expect(log.lines.isEmpty && code == 1)
    }

    @Test("An error thrown in onExit is handed to the handler; without one it makes the code 1")
    func throwInOnExit() async {
        let log = Log()
        let unhandled = await withLoop { $0.onExit = { _ in throw Thrown("in exit") } }
        let handled = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            loop.onExit = { _ in throw Thrown("in exit") }
        }
        let explicit = await withLoop { loop in
            loop.onExit = { _ in throw Thrown("in exit") }
            loop.setImmediate { loop.exit(3) }
        }
        #expect([unhandled, handled, explicit] == [1, 0, 3])
        #expect(log.lines == ["uncaught in exit"])
    }

    @Test(
        "What is corked when a program exits is sent",
        arguments: ["timeout", "immediate", "data", "tick", "microtask"])
    func corkedAtExit(phase: String) async {
        nonisolated(unsafe) var (client, written): (Socket?, Int) = (nil, -1)
        await withLoopTurn {
            _ = EventLoop.run { loop in
                Connection.open { connection in
                    client = connection.client
                    @LoopActor func sayLastWords() {
                        connection.client.cork()
                        connection.client.write("last words")
                        loop.exit()
                    }
                    switch phase {
                    case "timeout": loop.setTimeout(.milliseconds(1), sayLastWords)
                    case "immediate": loop.setImmediate(sayLastWords)
                    case "tick": loop.nextTick(sayLastWords)
                    case "microtask": loop.queueMicrotask(sayLastWords)
                    default:
                        connection.client.onData = { _ in sayLastWords() }
                        connection.accepted.write("now")
                    }
                }
            }
            _ = EventLoop.run { _ in
                written = client?.bytesWritten ?? -1
                client = nil
            }
        }
        #expect(written == 10)
    }

    @Test("A file that is being read when the loop ends is closed")
    func fileAtTheEnd() async throws {
        let path = try temporaryFile([UInt8](repeating: 7, count: 1 << 20))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = Log()
        for _ in 0..<20 {
            _ = await withLoop { loop in
                for _ in 0..<4 { FileSystem.readFile(path) { _ in log("read") } }
                FileSystem.stat("/") { _ in loop.exit() }
            }
        }
        #expect(log.lines.isEmpty)
        let files = FileManager.default
        let open = try files.contentsOfDirectory(atPath: "/proc/self/fd")
            .map { try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
        #expect(!open.contains(path))
    }

    @Test("A task that goes on in the next loop finds the ended one inert")
    func endedLoop() async {
        let log = Log()
        await withLoopTurn {
            nonisolated(unsafe) var tryEverything: @LoopActor () -> Void = {}
            let first = EventLoop.run { loop in
                let server = Server { _ in }
                server.listen(port: 0)
                server.unref()
                let timeout = loop.setTimeout(.seconds(1_000)) { log("timeout") }.unref()
                let immediate = loop.setImmediate { log("immediate") }.unref()
                let pool = loop.workers
                Connection.open { connection in
                    for socket in [connection.client, connection.accepted] {
                        socket.unref()
                        socket.onError = { log("\($0)") }
                        socket.onClose = { _ in log("closed") }
                    }
                    tryEverything = {
                        timeout.refresh()
                        timeout.unref().ref()
                        timeout.cancel()
                        immediate.unref().ref()
                        immediate.cancel()
                        loop.setTimeout(.milliseconds(1)) { log("new timeout") }.ref().refresh()
                        loop.setInterval(.milliseconds(1)) { log("new interval") }.cancel()
                        loop.setImmediate { log("new immediate") }.unref().ref()
                        loop.nextTick { log("tick") }
                        loop.queueMicrotask { log("microtask") }
                        loop.atCheck { log("check") }
                        loop.enter { log("entered") }
                        loop.exit(7)
                        for socket in [connection.client, connection.accepted] {
                            #expect(socket.isDestroyed)
                            #expect(!socket.write("never"))
                            socket.cork()
                            socket.end()
                            socket.resume()
                            socket.destroy()
                            #expect(socket.localAddress == nil)
                        }
                        server.ref()
                        server.listen(port: 0) { log("listening") }
                        server.close { log("server closed") }
                        #expect(throws: WorkerError.cancelled) { try pool.run({ _ in }, then: { _ in log("job") }) }
                        #expect(pool.activeCount == 0 && pool.queuedCount == 0)
                    }
                    loop.exit(1)
                }
            }
            let second = EventLoop.run { loop in
                tryEverything()
                loop.setTimeout(.milliseconds(5)) { log("second loop") }
            }
            tryEverything = {}
            #expect(first == 1 && second == 0)
        }
        #expect(log.lines == ["second loop"])
    }

    @Test("What other threads hand over between two loops waits for the next one, in order")
    func betweenLoops() async {
        let log = Log()
        await withLoopTurn {
            _ = EventLoop.run { _ in }
            for number in 1...100 { EventLoop.execute { log("\(number)") } }
            _ = EventLoop.run { loop in
                log("main")
                loop.setImmediate { log("immediate") }
            }
        }
        #expect(log.lines == ["main"] + (1...100).map { "\($0)" } + ["immediate"])
    }

    @Test("What was handed over when the program had ended itself waits for the next loop too")
    func handedOverAtExit() async {
        let log = Log()
        await withLoopTurn {
            _ = EventLoop.run { loop in
                loop.setImmediate {
                    EventLoop.execute { log("errand") }
                    loop.exit()
                }
            }
            #expect(log.lines.isEmpty)
            _ = EventLoop.run { loop in loop.setImmediate {} }
        }
        #expect(log.lines == ["errand"])
    }

    @Test("A job that ignores its cancellation holds the end up for a second at most, and does no harm later")
    func stubbornJob() async {
        let log = Log()
        let (mayEnd, hasEnded) = (Flag(), Flag())
        await withLoopTurn {
            let start = ContinuousClock.now
            let code = EventLoop.run { loop in
                try loop.workers.run { _ in
                    mayEnd.wait()
                    hasEnded.raise()
                } then: { _ in
                    log("never")
                }
                loop.setTimeout(.milliseconds(5)) { loop.exit(2) }
            }
            #expect(code == 2)
            #expect(ContinuousClock.now - start < .seconds(10))
            // The next loop shares the threads with the job, and gives it the time to end.
            _ = EventLoop.run { loop in
                FileSystem.stat("/") { _ in log("next loop") }
                loop.setTimeout(.milliseconds(1)) { mayEnd.raise() }
                @LoopActor func wait() {
                    if !hasEnded.isRaised { loop.setTimeout(.milliseconds(1), wait) }
                }
                wait()
            }
        }
        #expect(log.lines == ["next loop"])
    }

    @Test("A second loop in the same process is a programming error")
    func secondLoop() async {
        await #expect(processExitsWith: .failure) {
            _ = EventLoop.run { loop in _ = EventLoop.run { _ in } }
        }
        await #expect(processExitsWith: .failure) {
            _ = EventLoop.run { loop in
                try loop.workers.run({ _ in EventLoop.run { _ in } }, then: { _ in })
            }
        }
    }

    @Test("Loops may follow one another")
    func oneAfterAnother() async {
        nonisolated(unsafe) var sum: Int32 = 0
        await withLoopTurn {
            for number in 1...50 {
                sum += EventLoop.run { $0.exitCode = Int32(number) }
            }
        }
        #expect(sum == 1_275)
    }
}
