import LoopTesting
import Testing
import UVCore

@Suite("Jobs that are cancelled, or time out")
struct WorkerPoolCancellationTests {
    // MARK: Cancelling

    @Test("A job cancelled in line never begins; its callback comes in a tick")
    func cancelledInLine() async {
        let log = Log()
        let (mayEnd, hasRun) = (Flag(), Flag())
        _ = await withLoop { loop in
            loop.workers.size = 1
            try loop.workers.run({ _ in mayEnd.wait() }, then: { _ in log("first") })
            let job = try loop.workers.run({ _ in hasRun.raise() }, then: { log("second \(error(of: $0))") })
            job.cancel()
            job.cancel()
            #expect(job.status == .cancelled && job.isCancelled)
            log("cancelled")
            loop.setImmediate { mayEnd.raise() }
            loop.onExit = { _ in
                #expect(loop.workers.statistics.cancelled == 1 && loop.workers.statistics.completed == 1)
            }
        }
        #expect(log.lines == ["cancelled", "second cancelled", "first"])
        #expect(!hasRun.isRaised)
    }

    @Test("A running job sees that it is cancelled; its place is free only when its thread is")
    func cancelledWhileRunning() async {
        let log = Log()
        let (hasBegun, mayEnd) = (Flag(), Flag())
        _ = await withLoop { loop in
            loop.workers.size = 1
            let job = try loop.workers.run { job in
                hasBegun.raise()
                while !job.isCancelled {}
                mayEnd.wait()
            } then: {
                log("first \(error(of: $0))")
            }
            try loop.workers.run({ _ in }, then: { _ in log("second") })
            hasBegun.wait()
            #expect(job.status == .running)
            job.cancel()
            loop.setTimeout(.milliseconds(5)) {
                log("active \(loop.workers.activeCount), in line \(loop.workers.queuedCount), \(job.status)")
                mayEnd.raise()
            }
        }
        #expect(log.lines == ["first cancelled", "active 1, in line 1, cancelled", "second"])
    }

    @Test("A job that has ended cannot be cancelled")
    func cancelledTooLate() async {
        let log = Log()
        _ = await withLoop { loop in
            var job: WorkerJob?
            job = try loop.workers.run({ _ in 1 }) { result in
                job?.cancel()
                log("\(try result.get()) \(job.map { "\($0.status) \($0.isCancelled)" } ?? "-")")
                loop.setImmediate {
                    job?.cancel()
                    log("\(loop.workers.statistics.cancelled)")
                    job = nil
                }
            }
        }
        #expect(log.lines == ["1 completed false", "0"])
    }

    @Test("A job may cancel others, and start new ones, in its callback")
    func cancelledInCallback() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.workers.size = 1
            var others: [WorkerJob] = []
            try loop.workers.run {
                _ in
            } then: { _ in
                for job in others { job.cancel() }
                try loop.workers.run({ _ in }, then: { _ in log("new") })
            }
            for number in 1...3 {
                others.append(
                    try loop.workers.run({ _ in }, then: { log("\(number) \(error(of: $0))") }))
            }
        }
        #expect(log.lines == ["1 cancelled", "2 cancelled", "3 cancelled", "new"])
    }

    // MARK: Time-outs

    @Test("The time-out counts from the call, in line too")
    func timedOutInLine() async {
        let log = Log()
        let clock = ManualClock()
        let (mayEnd, hasRun) = (Flag(), Flag())
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.workers.size = 1
            try loop.workers.run({ _ in mayEnd.wait() }, then: { _ in log("first") })
            let job = try loop.workers.run(timeout: .seconds(10), { _ in hasRun.raise() }) {
                log("second \(error(of: $0)) at \(clock.milliseconds)")
                mayEnd.raise()
            }
            loop.setImmediate {
                #expect(job.status == .queued)
                clock.advance(by: .seconds(10))
            }
            loop.onExit = { _ in
                #expect(job.status == .timedOut && loop.workers.statistics.timedOut == 1)
            }
        }
        #expect(log.lines == ["second timedOut at 10000", "first"])
        #expect(!hasRun.isRaised)
    }

    @Test("A running job that times out is told to stop; its place is free only when its thread is")
    func timedOutWhileRunning() async {
        let log = Log()
        let mayEnd = Flag()
        _ = await withLoop { loop in
            loop.workers.size = 1
            try loop.workers.run(timeout: .milliseconds(5)) { job in
                while !job.isCancelled {}
                mayEnd.wait()
            } then: {
                log("first \(error(of: $0)) \(loop.workers.activeCount)")
                loop.setImmediate { mayEnd.raise() }
            }
            try loop.workers.run({ _ in }, then: { _ in log("second") })
        }
        #expect(log.lines == ["first timedOut 1", "second"])
    }

    @Test("A job that ends in time is not disturbed by its time-out, and leaves no timer behind")
    func inTime() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            try loop.workers.run(timeout: .seconds(30), { _ in }, then: { _ in log("done at \(clock.milliseconds)") })
            loop.onExit = { _ in log("ended at \(clock.milliseconds)") }
        }
        #expect(log.lines == ["done at 0", "ended at 0"])
    }
}
