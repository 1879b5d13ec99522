import LoopTesting
import Testing
import UVTasks

@Suite("A worker and its server")
struct TaskWorkerTests {
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
            first.answer(FakeQueue.tasks(FakeQueue.claimed("a", fence: 7, payload: #"{"to":"x"}"#)))
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
            third.answer(#"{"complete":[{"id":"a","ok":true}],"tasks":[\#(FakeQueue.claimed("b", fence: 9))]}"#)
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
                FakeQueue.tasks(
                    FakeQueue.claimed("a", fence: 1), FakeQueue.claimed("b", fence: 2), FakeQueue.claimed("c", fence: 3)
                ))
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
            try await queue.request(1).answer(FakeQueue.tasks(FakeQueue.claimed("a", fence: 1)))
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
                do { try await runUntilCancelled() } catch {
                    queue.log("cancelled \(job.isCancelled)")
                    throw error
                }
            }
            worker.start(stoppingOn: [])
            try await queue.request(1).answer(FakeQueue.tasks(FakeQueue.claimed("a", fence: 1)))
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
}
