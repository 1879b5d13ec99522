import LoopTesting
import Testing
import UVTasks

@Suite("What a client asks, and what it makes of the answers")
struct TaskClientTests {
    private static let task = #"{"id":"7","title":"email","status":"pending","priority":1}"#

    private struct Mail: Encodable, Sendable { let to: String }

    @Test("A task is made with what was said of it, and with nothing that was not")
    func enqueue() async {
        await withQueue { queue in
            var task = NewTask("email", payload: Mail(to: "a@b.c"))
            task.unique = NewTask.Unique("u")
            task.retry = NewTask.Retry(base: .milliseconds(100))
            queue.client().enqueue(task, delay: .seconds(5)) { result in queue.log(try result.get().id) }
            let asked = try await queue.request(1)
            #expect(asked.method == "POST" && asked.target == "/tasks" && asked.token == "Bearer secret")
            #expect(
                asked.body == #"{"type":"email","payload":{"to":"a@b.c"},"delay":5,"#
                    + #""retry":{"base":0.1,"factor":3.0,"max":3600,"jitter":0.2},"#
                    + #""unique":{"key":"u","onConflict":"existing"}}"#)
            asked.answer(Self.task, status: .created)
            try await until("the answer") { queue.log.lines == ["7"] }
        }
    }

    @Test("A task that cannot be JSON is not sent")
    func unencodable() async {
        await withQueue { queue in
            let error = await #expect(throws: TaskError.self) {
                try await queue.client().enqueue(NewTask("email", payload: Double.nan))
            }
            #expect(error?.code == "UNENCODABLE" && queue.asked.isEmpty)
        }
    }

    @Test("A refusal is a value with the server's code, its details, and not asked again", arguments: [404, 409, 422])
    func refused(status: Int) async {
        await withQueue { queue in
            queue.client().get("7") { result in
                guard case .failure(.refused(let refusal)) = result else { return queue.log("\(result)") }
                queue.log("\(refusal.status) \(refusal.code) \(refusal.details?.text ?? "-")")
            }
            let asked = try await queue.request(1)
            #expect(asked.target == "/tasks/7?view=full" && asked.key == nil)
            asked.answer(
                #"{"error":{"code":"SOME_CODE","message":"no","details":{"a":1}}}"#,
                status: HTTPResponse.Status(code: status))
            try await until("the refusal") { queue.log.lines == [#"\#(status) SOME_CODE {"a":1}"#] }
        }
    }

    @Test("A server that is busy is asked again when it wants to be, under the same key")
    func retryAfter() async {
        await withQueue { queue in
            queue.client().enqueue(NewTask("email")) { result in queue.log(try result.get().id) }
            let first = try await queue.request(1)
            first.refuse(503, "QUEUE_FULL", retryAfter: 2)
            try await until("the second request") {
                if queue.asked.count == 1 { queue.clock.advance(by: .milliseconds(100)) }
                return queue.asked.count == 2
            }
            #expect(queue.clock.milliseconds >= 2_000)
            let second = try await queue.request(2)
            #expect(second.key == first.key && first.key?.isEmpty == false && second.body == first.body)
            second.answer(Self.task)
            try await until("the task") { queue.log.lines == ["7"] }
        }
    }

    @Test("After three attempts it says what the last one came to")
    func attempts() async {
        await withQueue { queue in
            queue.client().enqueue(NewTask("email")) { result in
                if case .failure(let error) = result { queue.log(error.code) }
            }
            for number in 1...3 {
                try await queue.request(number).refuse(503, "CODE_\(number)")
                try await until("what follows") {
                    if queue.asked.count == number { queue.clock.advance(by: .milliseconds(100)) }
                    return queue.asked.count > number || queue.log.lines == ["CODE_3"]
                }
            }
            #expect(queue.asked.count == 3)
        }
    }

    @Test("A change without a key is asked again only where the server says that it was not made")
    func unsafe() async {
        await withQueue { queue in
            queue.client().cancel("7", reason: "why", force: true) { result in
                if case .failure(let error) = result { queue.log(error.code) }
            }
            let asked = try await queue.request(1)
            #expect(asked.target == "/tasks/7/cancel" && asked.body == #"{"reason":"why","force":true}"#)
            asked.refuse(503, "OUTCOME_UNKNOWN")
            try await until("the end") { queue.log.lines == ["OUTCOME_UNKNOWN"] }
        }
    }

    @Test("A list asks for what was wanted, escaped, and says whether more follows", arguments: [true, false])
    func list(hasMore: Bool) async {
        await withQueue { queue in
            var filter = TaskClient.Filter()
            (filter.state, filter.worker, filter.limit, filter.isNewestFirst) = ("failed", "a&b c", 2, true)
            queue.client().list(filter) { result in
                let page = try result.get()
                queue.log("\(page.tasks.map(\.id)) \(page.hasMore)")
            }
            let asked = try await queue.request(1)
            #expect(asked.target == "/tasks?view=full&limit=2&state=failed&worker=a%26b%20c&order=newest")
            if hasMore { asked.response.setHeader(.named("Link"), "</tasks?after=7>; rel=\"next\"") }
            asked.answer("[\(Self.task)]")
            try await until("the page") { queue.log.lines == ["[\"7\"] \(hasMore)"] }
        }
    }

    @Test("An answer that is no task is no answer", arguments: ["[]", "{}", "nonsense", ""])
    func invalid(body: String) async {
        await withQueue { queue in
            queue.client().retry("7") { result in
                if case .failure(let error) = result { queue.log(error.code) }
            }
            let asked = try await queue.request(1)
            #expect(asked.target == "/tasks/7/retry")
            asked.answer(body)
            try await until("the end") { queue.log.lines == ["INVALID_ANSWER"] }
        }
    }

    @Test("A task of Swift that is cancelled gives its question up")
    func cancelled() async {
        await withQueue { queue in
            let asking = EventLoop.current.spawn {
                let result = try? await queue.client().get("7")
                queue.log(result == nil ? "given up" : "answered")
            }
            _ = try await queue.request(1)
            asking.cancel()
            try await until("the end") { queue.log.lines == ["given up"] && queue.leftCount == 1 }
        }
    }

    @Test("What is no URL of HTTP, and a server that is not there, fail each call")
    func unreachable() async {
        await withQueue { queue in
            let nowhere = TaskClient("localhost:3000", token: .none)
            nowhere.get("7") { result in if case .failure(let error) = result { queue.log(error.code) } }
            try await until("the failure") { queue.log.lines == ["ERR_INVALID_URL"] }
        }
    }
}
