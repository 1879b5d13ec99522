import LoopTesting
import Testing
import UVCore
import UVTasks

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("A worker that is to stop")
struct WorkerDrainTests {
    @Test("The drain waits for what runs; when it is over, the rest is cancelled and given back")
    func drains() async {
        await withWorker(concurrency: 3) { queue, worker in
            let gate = Gate()
            worker.onEnd = { error in queue.log("end \(error == nil)") }
            worker.on("email") { job in
                if job.id == "a" { return await gate.wait() }
                try await runUntilCancelled()
            }
            worker.start(stoppingOn: [])
            try await queue.request(1).answer(
                FakeQueue.tasks(FakeQueue.claimed("a", fence: 1), FakeQueue.claimed("b", fence: 2)))
            _ = try await queue.request(2)
            worker.stop()
            try await until("the claim is gone") { queue.leftCount == 1 }
            try await queue.request(3).answer("{}")
            gate.open()
            let told = try await queue.request(4)
            #expect(told.body.hasSuffix(#""complete":[{"id":"a","fence":1}]}"#))
            told.answer("{}")
            for _ in 0..<5 { await EventLoop.current.nextCheck() }
            #expect(queue.log.lines == [])
            let released = try await Self.turnBehindTheDrain(of: queue)
            #expect(released.body.contains(#""release":[{"id":"b","fence":2}]"#))
            released.answer("{}")
            try await until("the end") { queue.log.lines == ["end true"] }
        }
    }

    @Test("A second stop ends the drain, and SIGTERM is a stop")
    func signals() async {
        await withWorker(concurrency: 1) { queue, worker in
            worker.onEnd = { _ in queue.log("end") }
            worker.on("email") { _ in
                queue.log("runs")
                try await runUntilCancelled()
            }
            worker.start(stoppingOn: [.user2])
            try await queue.request(1).answer(FakeQueue.tasks(FakeQueue.claimed("a", fence: 1)))
            try await until("the task runs") { queue.log.lines == ["runs"] }
            kill(getpid(), Signal.user2.rawValue)
            try await until("the drain") { !worker.isTaking }
            #expect(queue.asked.count == 1)
            worker.stop()
            let released = try await queue.request(2)
            #expect(released.body.contains("release"))
            released.answer("{}")
            try await until("the end") { queue.log.lines == ["runs", "end"] }
        }
    }

    @Test("A worker of one task drains as any other: the first stop gives the task the drain's time")
    func drainsOnce() async {
        await withWorker(concurrency: 1) { queue, worker in
            worker.takesOneTask()
            worker.on("email") { _ in
                queue.log("runs")
                try await runUntilCancelled()
            }
            worker.start(stoppingOn: [])
            try await queue.request(1).answer(FakeQueue.tasks(FakeQueue.claimed("a", fence: 1)))
            try await until("the task runs") { queue.log.lines == ["runs"] }
            worker.stop()
            let released = try await Self.turnBehindTheDrain(of: queue)
            #expect(released.body.contains(#""release":[{"id":"a","fence":1}]"#))
            released.answer("{}")
        }
    }

    @Test("A server that says again that the worker is to stop does not end the drain")
    func stopTwice() async {
        await withWorker(concurrency: 2) { queue, worker in
            let gate = Gate()
            worker.on("email") { job in
                if job.id == "a" { return await gate.wait() }
                try await runUntilCancelled()
            }
            worker.start(stoppingOn: [])
            let tasks = [FakeQueue.claimed("a", fence: 1), FakeQueue.claimed("b", fence: 2)].joined(separator: ",")
            try await queue.request(1).answer(#"{"tasks":[\#(tasks)],"command":"stop"}"#)
            try await until("the drain") { !worker.isTaking }
            gate.open()
            let told = try await queue.request(2)
            #expect(told.body.hasSuffix(#""complete":[{"id":"a","fence":1}]}"#))
            told.answer(#"{"complete":[{"id":"a","ok":true}],"command":"stop"}"#)
            for _ in 0..<20 { await EventLoop.current.nextCheck() }
            #expect(queue.asked.count == 2)
            queue.clock.advance(by: .seconds(10))
            let released = try await queue.request(3)
            #expect(released.body.contains(#""release":[{"id":"b","fence":2}]"#))
            released.answer(#"{"command":"stop"}"#)
        }
    }

    @Test("A drain may be as long as a duration gets, and a second stop ends it")
    func endlessDrain() async {
        await withWorker(concurrency: 1, drain: .seconds(Int64.max)) { queue, worker in
            worker.on("email") { _ in
                queue.log("runs")
                try await runUntilCancelled()
            }
            worker.start(stoppingOn: [])
            queue.clock.advance(by: .seconds(1))
            try await queue.request(1).answer(FakeQueue.tasks(FakeQueue.claimed("a", fence: 1)))
            try await until("the task runs") { queue.log.lines == ["runs"] }
            worker.stop()
            for _ in 0..<5 { await EventLoop.current.nextCheck() }
            #expect(queue.asked.count == 1 && !worker.isTaking)
            worker.stop()
            let released = try await queue.request(2)
            #expect(released.body.contains("release"))
            released.answer("{}")
        }
    }

    /// What is asked when the ten seconds of a drain are over, and no moment before.
    @LoopActor
    private static func turnBehindTheDrain(of queue: FakeQueue) async throws -> FakeQueue.Asked {
        let count = queue.asked.count
        queue.clock.advance(by: .seconds(9))
        for _ in 0..<5 { await EventLoop.current.nextCheck() }
        #expect(queue.asked.count == count)
        queue.clock.advance(by: .seconds(1))
        return try await queue.request(count + 1)
    }
}
