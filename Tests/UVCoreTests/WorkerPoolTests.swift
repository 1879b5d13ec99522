import LoopTesting
import Testing
import UVCore

@Suite("Jobs on the thread pool")
struct WorkerPoolTests {
    @Test("A result comes back to the loop, later than the call")
    func result() async {
        let log = Log()
        _ = await withLoop { loop in
            let job = try loop.workers.run { _ in
                (1...100).reduce(0, +)
            } then: { result in
                LoopActor.assertIsolated()
                log("\(try result.get())")
            }
            log("\(job.status == .queued || job.status == .running) \(job.isCancelled)")
            loop.onExit = { _ in log("\(job.status) \(job.isCancelled)") }
        }
        #expect(log.lines == ["true false", "5050", "completed false"])
    }

    @Test("What the work throws comes back as it was thrown")
    func failure() async {
        let log = Log()
        _ = await withLoop { loop in
            let job = try loop.workers.run { _ in
                throw Thrown("from the thread")
            } then: { (result: Result<Void, any Error>) in
                if case .failure(let error) = result { log("\(error)") }
            }
            loop.onExit = { _ in log("\(job.status)") }
        }
        #expect(log.lines == ["from the thread", "failed"])
    }

    @Test("The callback is a callback of its own: its ticks follow, and what it throws is uncaught")
    func callback() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            loop.workers.size = 1
            for number in 1...2 {
                try loop.workers.run {
                    _ in
                } then: { _ in
                    log("job \(number)")
                    loop.nextTick { log("tick \(number)") }
                    if number == 2 { throw Thrown("from the callback") }
                }
            }
        }
        #expect(log.lines == ["job 1", "tick 1", "job 2", "uncaught from the callback", "tick 2"])
    }

    @Test("The line holds as many as it may, and one more is refused")
    func capacity() async {
        let log = Log()
        let mayEnd = Flag()
        _ = await withLoop { loop in
            let pool = loop.workers
            (pool.size, pool.capacity) = (2, 3)
            for number in 1...5 {
                try pool.run({ _ in mayEnd.wait() }, then: { _ in log("job \(number)") })
            }
            #expect(pool.activeCount == 2 && pool.queuedCount == 3)
            #expect(throws: WorkerError.queueFull) { try pool.run({ _ in }, then: { _ in log("never") }) }
            #expect(throws: WorkerError.queueFull) {
                try pool.run(timeout: .milliseconds(1), { _ in }, then: { _ in log("never") })
            }
            mayEnd.raise()
            loop.onExit = { _ in
                let statistics = pool.statistics
                #expect(statistics.submitted == 5 && statistics.completed == 5 && statistics.refused == 2)
                #expect(pool.activeCount == 0 && pool.queuedCount == 0)
            }
        }
        #expect(log.lines.sorted() == (1...5).map { "job \($0)" })
    }

    @Test("A place is free again when a job ends, is cancelled, or has timed out in line")
    func placesComeBack() async {
        let log = Log()
        let mayEnd = Flag()
        _ = await withLoop { loop in
            let pool = loop.workers
            (pool.size, pool.capacity) = (1, 1)
            try pool.run({ _ in mayEnd.wait() }, then: { _ in log("first") })
            let second = try pool.run({ _ in }, then: { _ in log("second") })
            second.cancel()
            #expect(pool.queuedCount == 0)
            try pool.run(timeout: .milliseconds(1), { _ in }) { (result: Result<Void, any Error>) in
                log("third")
                try pool.run({ _ in }, then: { _ in log("fourth") })
                #expect(throws: WorkerError.queueFull) { try pool.run({ _ in }, then: { _ in }) }
                mayEnd.raise()
            }
        }
        #expect(log.lines == ["second", "third", "first", "fourth"])
    }

    @Test("With one thread jobs run in the order they came")
    func order() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.workers.size = 1
            loop.workers.capacity = 200
            for number in 1...200 {
                try loop.workers.run({ _ in number }, then: { log("\(try $0.get())") })
            }
        }
        #expect(log.lines == (1...200).map { "\($0)" })
    }

    @Test("No more jobs run at once than the pool's size", arguments: [1, 2, 3])
    func concurrency(size: Int) async {
        let running = Counter()
        _ = await withLoop { loop in
            loop.workers.size = size
            for _ in 1...50 {
                try loop.workers.run { _ in
                    running.enter()
                    for _ in 0..<1_000 { running.look() }
                    running.leave()
                } then: { _ in
                    #expect(loop.workers.activeCount <= size)
                }
            }
        }
        #expect((1...size).contains(running.most))
    }

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

    // MARK: async

    @Test("An async job returns, throws and is refused as the other kind is")
    func asynchronous() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.spawn {
                log("\(try await loop.workers.run { _ in 42 })")
                LoopActor.assertIsolated()
                do {
                    try await loop.workers.run { _ in throw Thrown("from the thread") }
                } catch {
                    log("\(error)")
                }
                (loop.workers.size, loop.workers.capacity) = (0, 0)
                do {
                    try await loop.workers.run { _ in }
                } catch {
                    log("\(error)")
                }
            }
        }
        #expect(log.lines == ["42", "from the thread", "queueFull"])
    }

    @Test("Cancelling the task cancels the job: in line, while it runs, and before it is there")
    func cancelledTask() async {
        let log = Log()
        let hasBegun = Flag()
        _ = await withLoop { loop in
            loop.workers.size = 1
            let tasks = ["running", "in line"].map { name in
                loop.spawn {
                    do {
                        try await loop.workers.run { job in
                            hasBegun.raise()
                            while !job.isCancelled {}
                        }
                    } catch {
                        log("\(name) \(error)")
                    }
                }
            }
            let early = loop.spawn {
                do {
                    try await loop.workers.run { job in
                        while !job.isCancelled {}
                    }
                } catch {
                    log("early \(error)")
                }
            }
            early.cancel()
            loop.setImmediate {
                hasBegun.wait()
                tasks[1].cancel()
                loop.setTimeout(.milliseconds(2)) { tasks[0].cancel() }
            }
        }
        #expect(log.lines == ["early cancelled", "in line cancelled", "running cancelled"])
    }
}

func error<Value>(of result: Result<Value, any Error>) -> String {
    if case .failure(let error) = result { "\(error)" } else { "-" }
}
