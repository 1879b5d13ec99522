import HTTPTypes
import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("Exchanges that are used again")
struct UsedExchangesTests {
    /// How a program keeps a request or its answer.
    enum Kept: CaseIterable {
        case request, response, both, closure
    }

    private static func post(_ name: String) -> String {
        "POST /\(name)?\(name) HTTP/1.1\r\nHost: \(name)\r\nX-Name: \(name)\r\nContent-Length: \(name.count)\r\n\r\n\(name)"
    }

    @Test("What the program keeps stays as it is, whatever comes later", arguments: Kept.allCases)
    func kept(_ kept: Kept) async {
        await withServer { server in
            var requests: [() -> IncomingMessage?] = []
            var responses: [() -> ServerResponse?] = []
            server.onRequest = { request, response in
                switch kept {
                case .request: requests.append { request }
                case .response: responses.append { response }
                case .both, .closure:
                    requests.append { response.request }
                    responses.append { response }
                }
                request[String.self] = request.query.text
                request.collect { body in
                    response.setHeader(.eTag, request.query.text ?? "")
                    response.end(try body.get())
                }
            }
            let names = ["one", "twice", "three-times", "4"]
            for client in [server.connect(), server.connect()] {
                for name in names {
                    client.send(Self.post(name))
                    await client.until("\r\n\r\n\(name)")
                    await server.turns(3)
                }
            }
            #expect(max(requests.count, responses.count) == 8)
            for (request, name) in zip(requests.map { $0() }, names + names) {
                #expect(request?.url == "/\(name)?\(name)" && request?.authority == name)
                #expect(request?.header(.named("X-Name")) == name && request?[String.self] == name)
                #expect(request?.isComplete == true && request?.isClosed == true && request?.isAborted == false)
            }
            for (response, name) in zip(responses.map { $0() }, names + names) {
                #expect(response?.header(.eTag) == name && response?.isFinished == true)
                #expect(response?.bodyLength == name.count && response?.request?.query.text == name)
            }
            #expect(Set(requests.map { $0() }).count == requests.count)
            #expect(Set(responses.map { $0() }).count == responses.count)
        }
    }

    @Test("A request that lets go of its fields keeps method and target; the next one, with the same, has its own")
    func forgotten() async {
        await withServer { server in
            var seen: [String] = []
            server.onRequest = { request, response in
                seen.append("\(request.header(.named("X-Name")) ?? "-") \(request.authority ?? "-")")
                request.collect { body in
                    if seen.count == 1 { request.forgetFields() }
                    seen.append("\(request.method) \(request.url) \(request.path) \(request.query.text ?? "-")")
                    seen.append("\(request.header(.named("X-Name")) ?? "-") \(request.authority ?? "-")")
                    response.end(try body.get())
                }
            }
            let client = server.connect()
            let whole = ["one one", "POST /one?one /one one", "one one"]
            for body in ["one", "two", "six"] {
                client.send(Self.post("one").dropLast(3) + body)
                await client.until("\r\n\r\n\(body)")
                await server.turns(3)
            }
            #expect(seen == ["one one", "POST /one?one /one one", "- -"] + whole + whole)
        }
    }

    @Test("An async handler that goes on behind its answer still has its own request")
    func asyncHandler() async {
        await withServer { server in
            let log = Log()
            var goOn: [UnsafeContinuation<Void, Never>] = []
            server.onRequest = { request, response in
                guard request.path == "/slow" else { return response.end(request.url) }
                response.answer(request) { request, response in
                    response.end("slow")
                    await withUnsafeContinuation { goOn.append($0) }
                    response.end("late")
                    log("\(request.url) \(response.isFinished) \(response.bodyLength)")
                }
            }
            let client = server.connect()
            client.send("GET /slow?1 HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.until("slow")
            for index in 1...5 {
                client.send("GET /quick\(index) HTTP/1.1\r\nHost: x\r\n\r\n")
                await client.until("/quick\(index)")
                await server.turns(3)
            }
            for continuation in goOn { continuation.resume() }
            await server.turns(3)
            #expect(log.lines == ["/slow?1 true 4"])
            #expect(!client.text.contains("late"))
        }
    }

    @Test("An exchange that nothing keeps is used again, and nothing of the earlier one is seen")
    func fresh() async {
        await withServer { server in
            var identities: Set<ObjectIdentifier> = []
            let log = Log()
            server.onRequest = { request, response in
                identities.insert(ObjectIdentifier(request.exchange))
                let isFirst = request.path == "/first"
                log("\(isFirst) \(request[Int.self] ?? 0) \(request.trailers.count) \(request.isComplete)")
                let tag = response.header(.eTag) ?? "-"
                log("\(tag) \(response.status.code) \(response.sendsDate) \(response.isEnded)")
                guard isFirst else { return response.end(request.url) }
                request[Int.self] = 7
                (request.onEnd, request.onClose) = ({ log("end") }, { log("close") })
                (response.onFinish, response.onClose) = ({ log("finish") }, { log("over") })
                response.status = .created
                response.sendsDate = false
                response.setHeader(.eTag, "1")
                response.addTrailers([.eTag: "2"])
                response.end("first")
                response.end("misused")
            }
            server.loop.onWarning = { _ in log("warning") }
            let client = server.connect()
            client.send("POST /first HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-T: v\r\n\r\n")
            await client.until("first")
            await server.turns(3)
            for index in 1...5 {
                client.send("GET /later\(index) HTTP/1.1\r\nHost: x\r\n\r\n")
                await client.until("/later\(index)")
                await server.turns(3)
            }
            #expect(identities.count <= 2)
            #expect(log.lines.filter { $0 == "false 0 0 true" }.count == 5)
            #expect(log.lines.filter { $0 == "- 200 true false" }.count == 6)
            for once in ["end", "close", "finish", "over", "warning"] {
                #expect(log.lines.filter { $0 == once }.count == 1, "\(once)")
            }
        }
    }

    @Test("Requests that are under way together have an exchange each, and so has a body that comes late")
    func together() async {
        await withServer { server in
            var open: [(IncomingMessage, ServerResponse)] = []
            server.onRequest = { request, response in
                if request.path == "/body" {
                    request.collect { body in response.end("\(try body.get().count) of \(request.url)") }
                } else {
                    open.append((request, response))
                }
            }
            let (late, client) = (server.connect(), server.connect())
            for round in 1...3 {
                late.send("POST /body?\(round) HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
                await server.turns(3)
                client.send((1...4).map { "GET /\(round)-\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
                while open.count < 4 { await server.turns(1) }
                #expect(Set(open.map { $0.0.url }) == Set((1...4).map { "/\(round)-\($0)" }))
                for (request, response) in open.reversed() { response.end("<\(request.url)>") }
                open = []
                await client.until("</\(round)-4>")
                late.send("body")
                await late.until("4 of /body?\(round)")
            }
            let order = (1...3).flatMap { round in (1...4).map { "</\(round)-\($0)>" } }
            let bodies = client.text.split(separator: "\r\n\r\n").compactMap { $0.split(separator: "HTTP").first }
            #expect(bodies.map(String.init).filter { $0.hasPrefix("<") } == order)
        }
    }

    /// Goes when nothing holds it.
    private final class Token {}

    @Test("What a program has given to a request goes soon behind its end, and a server without connections holds none")
    func idle() async {
        await withServer(clock: ManualClock()) { server in
            weak var given: Token?
            weak var last: HTTPExchange?
            server.onRequest = { request, response in
                let token = Token()
                request[Token.self] = token
                request.onEnd = { _ = token }
                (given, last) = (token, request.exchange)
                response.end("ok")
            }
            let client = server.connect()
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.until("ok")
            await server.pass(.seconds(1))
            #expect(given == nil)
            #expect(last != nil)
            client.destroy()
            await server.pass(.seconds(1))
            #expect(last == nil)
        }
    }

    @Test("A connection holds an exchange from the first byte of a head on, and none between two requests")
    func betweenRequests() async {
        await withServer { server in
            server.onRequest = { request, response in response.end(request.url) }
            let client = server.connect()
            var inHead: HTTPExchange? { server.http.state.connections.first?.state.exchangeInHead }
            for (first, rest) in [("GET ", "/1"), ("\r\n", "GET /2"), ("G", "ET /3")] {
                #expect(inHead == nil)
                client.send(first)
                await server.turns()
                #expect(inHead != nil)
                client.send("\(rest) HTTP/1.1\r\nHost: x\r\n\r\n")
                await client.until("/\(rest.suffix(1))")
                await server.turns()
            }
            #expect(server.http.state.connections.count == 1)
            #expect(inHead == nil)
        }
    }

    @Test("A large head is not kept, and no more exchanges than a bound")
    func bounds() async {
        await withServer { server in
            var exchanges: [ObjectIdentifier] = []
            var lengths: [Int] = []
            server.onRequest = { request, response in
                lengths.append(request.exchange.head.capacity)
                exchanges.append(ObjectIdentifier(request.exchange))
                response.end("ok")
            }
            let client = server.connect()
            let large = String(repeating: "x", count: 12_000)
            client.send("GET /\(large) HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.until("ok")
            await server.turns(3)
            client.send("GET /end HTTP/1.1\r\nHost: x\r\n\r\n")
            while lengths.count < 2 { await server.turns(1) }
            #expect(exchanges[0] == exchanges[1])
            #expect(lengths[0] >= 12_000 && lengths[1] < 4_096)
        }
    }
}
