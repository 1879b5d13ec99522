import LoopTesting
import Testing
import UVTasks

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("A worker and its server")
struct TaskWorkerTests {
    private static func claimed(_ id: String, fence: Int, payload: String = "null") -> String {
        #"{"id":"\#(id)","type":"email","payload":\#(payload),"attempt":2,"lease":{"fence":\#(fence),"seconds":30}}"#
    }

    private static func tasks(_ tasks: String...) -> String { #"{"tasks":[\#(tasks.joined(separator: ","))]}"# }

    private struct Mail: Decodable { let to: String }
    private struct Receipt: Encodable { let fence: Int }

    @Test("It claims, does what the handler says, and tells the result with its next claim")
    func completes() async {
        await withWorker(concurrency: 1) { queue, worker in
            worker.on("email") { job in
                let mail = try job.payload(as: Mail.self)
                queue.log("\(mail.to) \(job.id) \(job.fence) \(job.attempt)")
                return Receipt(fence: job.fence)
            }
            worker.start(stoppingOn: [])
            let first = try await queue.request(1)
            #expect(first.target == "/tasks/work" && first.token == "Bearer secret")
            let claim = try #require(JSON(first.body)).decode(as: Asked.self)
            #expect(claim.worker.hasPrefix("mail@") && claim.claim?.types == ["email"])
            #expect(claim.claim?.limit == 1 && claim.claim?.wait == 20 && claim.claim?.lease == 30)
            first.answer(Self.tasks(Self.claimed("a", fence: 7, payload: #"{"to":"x"}"#)))
            let second = try await queue.request(2)
            #expect(second.body.contains(#""complete":[{"id":"a","fence":7,"result":{"fence":7}}]"#))
            #expect(queue.log.lines == ["x a 7 2"])
            worker.stop()
            // The claim was given up, and with it the word that the result has arrived.
            try await until("the claim is gone") { queue.leftCount == 1 }
            let third = try await queue.request(3)
            #expect(third.body.contains(#""complete":[{"id":"a""#))
            let again = try #require(JSON(third.body)).decode(as: Asked.self).claim
            let given = try #require(JSON(second.body)).decode(as: Asked.self).claim
            #expect(again?.wait == 0 && again?.key == given?.key, "what was on its way comes again")
            third.answer(#"{"complete":[{"id":"a","ok":true}],"tasks":[\#(Self.claimed("b", fence: 9))]}"#)
            let fourth = try await queue.request(4)
            #expect(fourth.body.contains(#""release":[{"id":"b","fence":9}]"#) && !fourth.body.contains("claim"))
            fourth.answer("{}")
        }
    }

    @Test("What a handler throws is a failure: retryable unless it says otherwise")
    func fails() async {
        await withWorker(concurrency: 3) { queue, worker in
            worker.on("email") { job in
                switch job.id {
                case "a": throw TaskFailure("never", retryable: false)
                case "b": throw TaskFailure("later", retryAfter: .seconds(9))
                default: _ = try job.payload(as: Mail.self)
                }
            }
            worker.start(stoppingOn: [])
            try await queue.request(1).answer(
                Self.tasks(Self.claimed("a", fence: 1), Self.claimed("b", fence: 2), Self.claimed("c", fence: 3)))
            let body = try await queue.request(2).body
            #expect(body.contains(#"{"id":"a","fence":1,"error":{"message":"never"},"retryable":false}"#))
            #expect(body.contains(#"{"id":"b","fence":2,"error":{"message":"later"},"retryable":true,"retryAfter":9}"#))
            #expect(body.contains(#"{"id":"c","fence":3,"error":{"message":"DecodingError"#))
            worker.stop()
            try await queue.request(3).answer("{}")
        }
    }

    @Test("Leases are renewed on a second connection while a claim is parked, with the progress")
    func renews() async {
        await withWorker(concurrency: 2) { queue, worker in
            let gate = Gate()
            worker.on("email") { job in
                job.progress(40, "rendered")
                await gate.wait()
            }
            worker.start(stoppingOn: [])
            try await queue.request(1).answer(Self.tasks(Self.claimed("a", fence: 1)))
            let parked = try await queue.request(2)
            #expect(parked.body.contains(#""limit":1"#))
            queue.clock.advance(by: .seconds(10))
            let renewal = try await queue.request(3)
            #expect(
                renewal.body.hasSuffix(#""renew":[{"id":"a","fence":1,"progress":{"percent":40,"note":"rendered"}}]}"#))
            renewal.answer(#"{"renew":[{"id":"a","ok":true}]}"#)
            gate.open()
            let result = try await queue.request(4)
            #expect(result.body.contains(#""complete":[{"id":"a","fence":1}]"#))
            result.answer("{}")
            #expect(!parked.response.isFinished, "the claim is parked all the time")
            for _ in 0..<5 { await EventLoop.current.nextCheck() }
            worker.stop()
        }
    }

    @Test("A task whose lease is lost is cancelled where it runs, and nothing is told of it")
    func leaseLost() async {
        await withWorker(concurrency: 1) { queue, worker in
            worker.onNotice = { notice in if case .lost(_, let code) = notice { queue.log(code) } }
            worker.on("email") { job in
                job.onCancel = { queue.log("onCancel") }
                queue.log("runs")
                do { try await EventLoop.current.sleep(.seconds(100_000)) } catch {
                    queue.log("cancelled \(job.isCancelled)")
                    throw error
                }
            }
            worker.start(stoppingOn: [])
            try await queue.request(1).answer(Self.tasks(Self.claimed("a", fence: 1)))
            try await until("the task runs") { queue.log.lines == ["runs"] }
            queue.clock.advance(by: .seconds(10))
            try await queue.request(2).answer(#"{"renew":[{"id":"a","error":{"code":"LEASE_LOST","message":"no"}}]}"#)
            let next = try await queue.request(3)
            #expect(queue.log.lines == ["runs", "onCancel", "LEASE_LOST", "cancelled true"])
            #expect(next.body.contains("claim") && !next.body.contains("fence"))
            worker.stop()
        }
    }

    @Test("A notice is whole sentences before the error, which may be none")
    func notice() {
        let gone = TaskError.unreachable(.connection(LoopError(.connectionRefused, call: "uv_tcp_connect")))
        #expect(
            "\(TaskWorker.Notice.unreachable(gone, retryIn: .milliseconds(500)))"
                == "The server is asked again in 0.5 s. ECONNREFUSED: connection refused (uv_tcp_connect)")
    }

    @Test("A server that is gone is asked again, and a claim that was lost has its key", arguments: [true, false])
    func comesBack(isGone: Bool) async {
        await withWorker(concurrency: 1) { queue, worker in
            worker.onNotice = { notice in if case .unreachable(let error, _) = notice { queue.log(error.code) } }
            worker.on("email") { _ in }
            worker.start(stoppingOn: [])
            let first = try await queue.request(1)
            if isGone { first.response.destroy() } else { first.refuse(503, "SERVICE_UNAVAILABLE", retryAfter: 2) }
            try await until("the notice") { !queue.log.lines.isEmpty }
            #expect(queue.log.lines == [isGone ? "ECONNRESET" : "SERVICE_UNAVAILABLE"])
            queue.clock.advance(by: isGone ? .milliseconds(500) : .milliseconds(1_900))
            if !isGone {
                for _ in 0..<5 { await EventLoop.current.nextCheck() }
                #expect(queue.asked.count == 1)
                queue.clock.advance(by: .milliseconds(100))
            }
            let second = try await queue.request(2)
            let claims = try [first, second].map { try JSON($0.body)?.decode(as: Asked.self).claim }
            #expect(claims[0] == claims[1] && claims[0] != nil)
            worker.stop()
        }
    }

    @Test("A refusal that will come again ends it, with the server's code")
    func refused() async {
        await withWorker(concurrency: 1) { queue, worker in
            worker.onEnd = { error in queue.log(error?.code ?? "no error") }
            worker.on("email") { _ in }
            worker.start(stoppingOn: [])
            try await queue.request(1).refuse(401, "INVALID_TOKEN")
            try await until("the end") { queue.log.lines == ["INVALID_TOKEN"] }
        }
    }

    @Test("The drain waits for what runs; when it is over, the rest is cancelled and given back")
    func drains() async {
        await withWorker(concurrency: 3) { queue, worker in
            let gate = Gate()
            worker.onEnd = { error in queue.log("end \(error == nil)") }
            worker.on("email") { job in
                if job.id == "a" { return await gate.wait() }
                try await EventLoop.current.sleep(.seconds(100_000))
            }
            worker.start(stoppingOn: [])
            try await queue.request(1).answer(Self.tasks(Self.claimed("a", fence: 1), Self.claimed("b", fence: 2)))
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
            queue.clock.advance(by: .seconds(9))
            for _ in 0..<5 { await EventLoop.current.nextCheck() }
            #expect(queue.asked.count == 4)
            queue.clock.advance(by: .seconds(1))
            let released = try await queue.request(5)
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
                try await EventLoop.current.sleep(.seconds(100_000))
            }
            worker.start(stoppingOn: [.user2])
            try await queue.request(1).answer(Self.tasks(Self.claimed("a", fence: 1)))
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
                try await EventLoop.current.sleep(.seconds(100_000))
            }
            worker.start(stoppingOn: [])
            try await queue.request(1).answer(Self.tasks(Self.claimed("a", fence: 1)))
            try await until("the task runs") { queue.log.lines == ["runs"] }
            worker.stop()
            queue.clock.advance(by: .seconds(9))
            for _ in 0..<5 { await EventLoop.current.nextCheck() }
            #expect(queue.asked.count == 1)
            queue.clock.advance(by: .seconds(1))
            let released = try await queue.request(2)
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
                try await EventLoop.current.sleep(.seconds(100_000))
            }
            worker.start(stoppingOn: [])
            let tasks = [Self.claimed("a", fence: 1), Self.claimed("b", fence: 2)].joined(separator: ",")
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
                try await EventLoop.current.sleep(.seconds(100_000))
            }
            worker.start(stoppingOn: [])
            queue.clock.advance(by: .seconds(1))
            try await queue.request(1).answer(Self.tasks(Self.claimed("a", fence: 1)))
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

    @Test("To begin without a handler is a programming error: it would take nothing, and wait for ever")
    func noHandler() async {
        await #expect(processExitsWith: .failure) {
            EventLoop.main { _ in TaskWorker(TaskClient("http://127.0.0.1:1"), name: "idle").start() }
        }
    }

    private struct Asked: Decodable {
        let worker: String
        let claim: Claim?

        struct Claim: Decodable, Equatable {
            let types: [String]
            let limit: Int
            let wait: Double
            let lease: Double?
            let key: String
        }
    }

    private func withWorker(
        concurrency: Int, drain: Duration = .seconds(10),
        _ body: @escaping @LoopActor (FakeQueue, TaskWorker) async throws -> Void
    ) async {
        await withQueue { queue in
            let worker = TaskWorker(
                queue.client(), name: "mail", concurrency: concurrency, lease: .seconds(30), drain: drain)
            try await body(queue, worker)
        }
    }
}

/// What a handler waits for until the test lets it go on.
@LoopActor
private final class Gate {
    private var waiting: [UnsafeContinuation<Void, Never>] = []
    private var isOpen = false

    func wait() async {
        if !isOpen { await withUnsafeContinuation { waiting.append($0) } }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
