import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("Answers, counted")
struct RequestTallyTests {
    /// A server whose router has `/now`, `/later`, which is answered by what is returned for it, and `/:id`.
    @LoopActor
    private final class Routes {
        let router = Router()
        let tally: RequestTally
        var waiting: [ServerResponse] = []

        init(on server: TestServer) {
            var later: (ServerResponse) -> Void = { _ in }
            router.get("/now") { _, response in response.end() }
            router.post("/now") { _, response in
                response.status = .created
                response.end()
            }
            router.get("/later") { _, response in later(response) }
            router.get("/:id") { _, response in
                response.status = .init(code: 299)
                response.end()
            }
            tally = RequestTally(router)
            server.onRequest = router.handle
            server.http.tally = tally
            later = { [unowned self] in waiting.append($0) }
        }

        func answers(_ route: Int, _ status: Int) -> Int? {
            RequestTally.statuses.firstIndex(of: status).map { tally.row(route).answers(at: $0) }
        }
    }

    private func ask(_ target: String, of server: TestServer) async {
        _ = await server.exchange("\(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    }

    @Test("Each counts for its route and its status; what has no route has a row of its own")
    func routes() async {
        await withServer { [self] server in
            let routes = Routes(on: server)
            #expect(routes.tally.routes.map(\.path) == ["/now", "/now", "/later", "/:id"])
            #expect(routes.tally.routes.map(\.method) == ["GET", "POST", "GET", "GET"])
            let targets = ["GET /now", "HEAD /now", "POST /now", "GET /1", "GET /2", "PUT /now", "GET /no/route", "?"]
            for target in targets { await ask(target, of: server) }
            #expect(routes.answers(0, 200) == 2 && routes.answers(1, 201) == 1)
            // A status without a place of its own.
            #expect(routes.answers(3, 0) == 2 && routes.tally.row(3).count == 2)
            #expect(routes.answers(4, 405) == 1 && routes.answers(4, 404) == 1 && routes.answers(4, 400) == 1)
            #expect(routes.tally.row(2).count == 0 && routes.tally.abortedCount == 0)
        }
    }

    @Test("A head that is repeated on its connection counts for its route, too")
    func repeated() async {
        await withServer { server in
            let routes = Routes(on: server)
            let client = server.connect()
            for count in 1...3 {
                client.send("GET /now HTTP/1.1\r\nHost: x\r\n\r\n")
                await client.until(count: client.count + 1)
                await server.turns()
                #expect(routes.answers(0, 200) == count)
            }
            // Two at once, of which the first has one behind it.
            client.send("GET /now HTTP/1.1\r\nHost: x\r\n\r\nGET /x HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.turns()
            #expect(routes.answers(0, 200) == 4 && routes.tally.row(3).count == 1)
        }
    }

    @Test(
        "The time is that from the head to the end of the answer",
        arguments: [(0, 0), (2, 1), (300, 8), (60_000, 13)])
    func times(milliseconds: Int, span: Int) async {
        await withServer(clock: ManualClock()) { server in
            let routes = Routes(on: server)
            let client = server.connect()
            client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.turns()
            await server.pass(.milliseconds(milliseconds), in: .milliseconds(max(1, milliseconds)))
            routes.waiting.first?.end()
            await server.turns()
            let row = routes.tally.row(2)
            #expect(row.milliseconds == milliseconds && row.answers(within: span) == 1 && row.count == 1)
        }
    }

    @Test("An answer whose client is gone was given up")
    func aborted() async {
        await withServer { server in
            let routes = Routes(on: server)
            let client = server.connect()
            client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.turns()
            client.destroy()
            await server.turns()
            #expect(routes.tally.abortedCount == 1 && routes.tally.row(2).count == 0)
        }
    }
}
