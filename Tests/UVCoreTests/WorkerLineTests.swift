import LoopTesting
import Testing
import UVCore

@Suite("The line in front of libuv's threads, and time-outs of jobs")
struct WorkerLineTests {
    @Test("At its default size jobs and files start first in, first out")
    func firstInFirstOut() async {
        let log = Log()
        let mayEnd = Flag()
        let (begun, threads) = (Counter(), WorkerPool.threadCount)
        _ = await withLoop { loop in
            let pool = loop.workers
            for _ in 1...threads { try pool.run({ _ in mayEnd.wait() }, then: { _ in }) }
            for _ in 1...threads {
                try pool.run {
                    _ in
                    begun.enter()
                    // Until each of these has a thread: so the file gets one only after them.
                    while begun.most < threads {}
                } then: { _ in
                }
            }
            #expect(pool.activeCount == threads && pool.queuedCount == threads)
            FileSystem.stat("/") { _ in log("file behind \(begun.most - threads + 1)") }
            mayEnd.raise()
        }
        #expect(log.lines == ["file behind 1"])
    }

    @Test("In libuv's line, too, the line holds as many as it may, and a cancelled job leaves its place")
    func capacityInLine() async {
        let mayEnd = Flag()
        _ = await withLoop { loop in
            let pool = loop.workers
            pool.capacity = 2
            for _ in 1...WorkerPool.threadCount { try pool.run({ _ in mayEnd.wait() }, then: { _ in }) }
            let waiting = try (1...2).map { _ in try pool.run({ _ in }, then: { _ in }) }
            #expect(throws: WorkerError.queueFull) { try pool.run({ _ in }, then: { _ in }) }
            waiting[0].cancel()
            #expect(pool.queuedCount == 1)
            try pool.run({ _ in }, then: { _ in })
            #expect(throws: WorkerError.queueFull) { try pool.run({ _ in }, then: { _ in }) }
            mayEnd.raise()
            loop.onExit = { _ in #expect(pool.activeCount == 0 && pool.queuedCount == 0) }
        }
    }

    @Test(
        "A time-out is as long as asked, also where setTimeout's would be 1 ms",
        arguments: [30 * 86_400, .max] as [Int64])
    func longTimeout(seconds: Int64) async {
        let log = Log()
        let clock = ManualClock()
        let mayEnd = Flag()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.onWarning = { log("\($0)") }
            try loop.workers.run(timeout: .seconds(seconds), { _ in mayEnd.wait() }) { log(error(of: $0)) }
            loop.setTimeout(.seconds(86_400)) { mayEnd.raise() }
            loop.setImmediate { clock.advance(by: .seconds(86_400)) }
        }
        #expect(log.lines == ["-"])
    }

    @Test("A time-out of 30 days passes after 30 days")
    func monthLongTimeout() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            try loop.workers.run(timeout: .seconds(30 * 86_400)) { job in
                while !job.isCancelled {}
            } then: {
                log("\(error(of: $0)) on day \(clock.milliseconds / 86_400_000)")
            }
            loop.setImmediate {
                clock.advance(by: .seconds(30 * 86_400) - .milliseconds(1))
                loop.setImmediate {
                    loop.setImmediate { clock.advance(by: .milliseconds(1)) }
                    log("the day before, \(loop.workers.activeCount)")
                }
            }
        }
        #expect(log.lines == ["the day before, 1", "timedOut on day 30"])
    }
}
