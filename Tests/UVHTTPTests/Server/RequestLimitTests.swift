import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("The number of requests that a connection may carry")
struct RequestLimitTests {
    private static func get(_ url: String, _ fields: String = "") -> String {
        "GET \(url) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n"
    }

    private static func stays(_ body: String, of limit: Int) -> String {
        "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5, max=\(limit)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func last(_ body: String) -> String {
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static let dropped =
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"

    @Test(
        "The last allowed answer says close, and requests beyond it get 503: Node's exercise 38",
        arguments: 1...4)
    func pipelined(limit: Int) async {
        let log = Log()
        await withServer { server in
            server.http.limits.maxRequestsPerSocket = limit
            server.http.onDropRequest = { request in log("drop \(request.url)") }
            server.onRequest = { request, response in
                log("request \(request.url)")
                response.end(request.url)
            }
            let client = server.connect()
            client.send((1...5).map { Self.get("/\($0)") }.joined())
            await client.until(Self.dropped)
            await server.turns()
            let allowed = (1..<limit).map { Self.stays("/\($0)", of: limit) } + [Self.last("/\(limit)")]
            let expected = allowed + Array(repeating: Self.dropped, count: 5 - limit)
            #expect(client.text == expected.joined())
        }
        #expect(log.lines == (1...limit).map { "request /\($0)" } + (limit + 1...5).map { "drop /\($0)" })
    }

    @Test("As many requests as allowed are answered, and nothing is dropped")
    func atLimit() async {
        await withServer { server in
            server.http.limits.maxRequestsPerSocket = 2
            server.http.onDropRequest = { _ in Issue.record("dropped") }
            server.onRequest = { request, response in response.end(request.url) }
            let client = server.connect()
            client.send(Self.get("/1"))
            await client.until("/1")
            client.send(Self.get("/2"))
            await client.until("/2")
            await server.turns()
            #expect(client.text == Self.stays("/1", of: 2) + Self.last("/2"))
        }
    }

    @Test("Answers that are given later keep their order, and the 503 comes behind them")
    func later() async {
        await withServer { server in
            server.http.limits.maxRequestsPerSocket = 2
            var answers: [() -> Void] = []
            server.onRequest = { request, response in answers.append { response.end(request.url) } }
            let client = server.connect()
            client.send((1...3).map { Self.get("/\($0)") }.joined())
            await server.turns()
            #expect(client.bytes.isEmpty)
            for answer in answers.reversed() { answer() }
            await client.until(Self.dropped)
            #expect(client.text == Self.stays("/1", of: 2) + Self.last("/2") + Self.dropped)
        }
    }

    @Test("A request that was on its way when the last answer was sent is dropped, its body too, and expects nothing")
    func onItsWay() async {
        await withServer { server in
            server.http.limits.maxRequestsPerSocket = 1
            server.onRequest = { request, response in response.end(request.url) }
            let client = server.connect()
            client.send(Self.get("/1"))
            await client.until("/1")
            client.send("POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            await client.untilEnd()
            #expect(client.text == Self.last("/1") + Self.dropped)
        }
    }

    @Test("A client that ignores the close is left after two seconds")
    func ignored() async {
        await withServer(clock: ManualClock()) { server in
            server.http.limits.maxRequestsPerSocket = 1
            server.http.limits.keepAliveTimeout = .zero
            let client = server.connect(staysOpen: true)
            client.send(Self.get("/"))
            await server.pass(.milliseconds(1_900))
            #expect(!client.hasEnded)
            await server.pass(.milliseconds(700))
            #expect(client.hasEnded)
        }
    }

    @Test("Each connection has its own count, and without a limit there is none")
    func count() async {
        await withServer { server in
            server.onRequest = { request, response in response.end(request.url) }
            let free = server.connect()
            for _ in 1...50 { free.send(Self.get("/")) }
            await server.turns()
            #expect(!free.text.contains("max="))
            server.http.limits.maxRequestsPerSocket = 2
            for _ in 1...3 {
                let client = server.connect()
                client.send(Self.get("/first"))
                await client.until("/first")
                #expect(client.text == Self.stays("/first", of: 2))
            }
        }
    }

    @Test("What the handler says of the connection stands, and an announced end is said beside it")
    func ownConnection() async {
        await withServer { server in
            server.http.limits.maxRequestsPerSocket = 1
            server.onRequest = { request, response in
                response.setHeader(.connection, "x-other")
                response.end("ok")
            }
            let client = server.connect()
            client.send(Self.get("/"))
            await client.until("ok")
            #expect(
                client.text
                    == "HTTP/1.1 200 OK\r\nConnection: x-other\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        }
    }
}
