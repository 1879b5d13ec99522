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
