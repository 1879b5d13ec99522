import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Clients that end their side, or go away")
struct EndOfInputTests {
    private static let badRequest = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"

    @Test("A client that has ended its side counts as gone: what is answered already is sent, the rest is aborted")
    func gone() async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                request.onAborted = { log("\(request.url) aborted") }
                response.onClose = { log("\(request.url) close, finished \(response.isFinished)") }
                if request.url == "/1" { return response.end([UInt8](repeating: 120, count: 5_000_000)) }
                if request.url == "/2" { response.write("begun") }
            }
            let client = server.connect(staysOpen: true)
            client.send((1...3).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
            client.end()
            await client.untilClosed()
            #expect(client.text.hasSuffix("x") || client.text.hasSuffix("begun\r\n"))
            #expect(client.bytes.count > 5_000_000)
            #expect(!client.isBroken)
            await server.turns()
            #expect(
                log.lines == [
                    "/1 close, finished true", "/2 aborted", "/3 aborted", "/2 close, finished false",
                    "/3 close, finished false",
                ])
        }
    }

    @Test(
        "A client that ends its side amid a body is gone: what is owed before that is aborted, too, and it is told why",
        arguments: [false, true])
    func goneAmidBody(isBegun: Bool) async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                request.onAborted = { log("\(request.url) aborted") }
                request.onError = { log("\(request.url) \($0)") }
                response.onClose = { log("\(request.url) answer close") }
                if isBegun { response.write("begun") }
            }
            let client = server.connect(staysOpen: true)
            client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
            client.send("POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na")
            await server.turns()
            client.end()
            await client.untilClosed()
            #expect(isBegun ? client.text.hasSuffix("begun\r\n") : client.text == Self.badRequest)
            await server.turns()
            #expect(
                log.lines == [
                    "/1 aborted", "/2 aborted", "/1 answer close", "/2 answer close", "/1 aborted", "/2 aborted",
                ])
            #expect(server.http.connectionCount == 0)
        }
    }

    @Test("A client that goes amid a body: its request is told with the answer that has begun, not before it")
    func brokenAmidAnswer() async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                request.onAborted = { log("aborted") }
                request.onError = { log("\($0)") }
                request.onClose = { log("close") }
                response.onClose = { log("answer close") }
                response.write("begun")
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
            await server.turns()
            client.send("no chunk")
            await client.untilClosed()
            await server.turns()
            #expect(log.lines.first == "aborted" && log.lines[1] == "answer close" && log.lines.last == "close")
            #expect(log.lines.dropFirst(2).first?.contains("failed") ?? false)
        }
    }

    @Test("The events of a request and its response: Node's exercise 40", arguments: [false, true])
    func exercise40(isReset: Bool) async {
        let log = Log()
        await withServer(clock: ManualClock()) { server in
            server.onRequest = { request, response in
                let name = request.url
                request.onEnd = { log("\(name) req end") }
                request.onAborted = { log("\(name) req aborted") }
                request.onError = { log("\(name) req error \($0)") }
                request.onClose = { log("\(name) req close, complete \(request.isComplete)") }
                response.onFinish = { log("\(name) res finish") }
                response.onClose = { log("\(name) res close finished \(response.isFinished)") }
                switch name {
                case "/read":
                    request.onData = { log("\(name) data \(String(decoding: $0, as: UTF8.self))") }
                    request.onEnd = {
                        log("\(name) req end")
                        response.end("ok")
                    }
                case "/ignore": response.end("ok")
                default: response.write("partial")
                }
            }
            for name in ["/read", "/ignore"] {
                _ = await server.exchange(
                    "POST \(name) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nxyz")
                await server.turns()
            }
            let client = server.connect()
            // A connection with input that was not read is reset, another ended.
            if isReset { client.pause() }
            client.send("GET /abort HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.turns()
            client.destroy()
            await server.turns()
            log("server closed")
        }
        #expect(
            log.lines == [
                "/read data xyz",
                "/read req end",
                "/read res finish",
                "/read res close finished true",
                "/read req close, complete true",
                "/ignore res finish",
                "/ignore res close finished true",
                "/ignore req end",
                "/ignore req close, complete true",
                "/abort req aborted",
                "/abort res close finished false",
                "/abort req error aborted",
                "/abort req close, complete true",
                "server closed",
            ])
    }

    @Test("A client that goes away within a body is noticed, and nothing that the handler does then matters")
    func abortInBody() async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                request.onData = { log("data \($0.count)") }
                request.onEnd = { log("end") }
                request.onAborted = {
                    log("aborted")
                    response.write("nobody reads this")
                    response.end()
                }
                request.onError = { log("error \($0)") }
                request.onClose = { log("request close, complete \(request.isComplete)") }
                response.onClose = { log("response close, finished \(response.isFinished)") }
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            await server.turns()
            client.destroy()
            await server.turns()
            #expect(
                log.lines == [
                    "data 3", "aborted", "response close, finished false", "error aborted",
                    "request close, complete false",
                ])
        }
    }

    @Test("Of several requests that wait each is told that its client has gone")
    func abortPipelined() async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                if request.url == "/1" { response.write("unread") }
                if request.url == "/2" { response.end("complete, but behind one that is not") }
                request.onAborted = { log("\(request.url) aborted") }
                response.onFinish = { log("\(request.url) finish") }
                response.onClose = { log("\(request.url) close") }
            }
            let client = server.connect()
            client.pause()
            client.send((1...3).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
            await server.turns()
            client.destroy()
            await server.turns()
            #expect(
                log.lines == ["/1 aborted", "/2 aborted", "/3 aborted", "/1 close", "/2 close", "/3 close"])
        }
    }

    @Test("An answer to a client that has gone is dropped, whenever it is given", arguments: [0, 1, 2, 3])
    func lateAnswer(turns: Int) async {
        await withServer { server in
            var answer: () -> Void = {}
            server.onRequest = { request, response in
                response.write("unread")
                answer = {
                    response.write([UInt8](repeating: 120, count: 100_000))
                    response.end("late")
                    response.end("again")
                    response.write("after")
                    response.setHeader(.server, "late")
                    response.addTrailers([.server: "late"])
                    request.pause()
                    request.resume()
                }
            }
            let client = server.connect()
            client.pause()
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.turns()
            client.destroy()
            await server.turns(turns)
            answer()
            await server.turns()
            answer()
            #expect(server.http.connectionCount == 0)
        }
    }
}
