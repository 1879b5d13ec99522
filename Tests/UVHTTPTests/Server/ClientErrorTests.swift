import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Bytes that are no request")
struct ClientErrorTests {
    private static let badRequest = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"

    /// Bytes, and the status, or the code, of what refuses them.
    struct Example: CustomTestStringConvertible {
        let name: String
        let bytes: String
        let answer: String
        let code: String

        var testDescription: String { name }
    }

    static let examples = [
        Example(name: "garbage", bytes: "NOT HTTP\r\n\r\n", answer: badRequest, code: "HPE_INVALID_METHOD"),
        Example(
            name: "no Host", bytes: "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
            answer: "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            code: "ERR_HTTP_REQUIRE_HOST"),
        Example(
            name: "two Hosts", bytes: "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
            answer: "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            code: "ERR_HTTP_REQUIRE_HOST"),
        Example(
            name: "two Hosts, HTTP/1.0", bytes: "GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n",
            answer: "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            code: "ERR_HTTP_REQUIRE_HOST"),
        Example(
            name: "head over 16 KiB",
            bytes: "GET / HTTP/1.1\r\nHost: x\r\nX: " + String(repeating: "a", count: 16_384) + "\r\n\r\n",
            answer: "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n",
            code: "HPE_HEADER_OVERFLOW"),
        Example(
            name: "101 fields",
            bytes: "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "A: b\r\n", count: 100) + "\r\n",
            answer: "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n",
            code: "HPE_HEADER_OVERFLOW"),
        Example(
            name: "bare LF", bytes: "GET / HTTP/1.1\nHost: x\n\n", answer: badRequest, code: "HPE_INVALID_VERSION"),
        Example(
            name: "space before colon", bytes: "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", answer: badRequest,
            code: "HPE_INVALID_HEADER_TOKEN"),
        Example(
            name: "no colon", bytes: "GET / HTTP/1.1\r\nHost: x\r\nabc\r\n\r\n", answer: badRequest,
            code: "HPE_INVALID_HEADER_TOKEN"),
        Example(
            name: "Content-Length and Transfer-Encoding",
            bytes: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            answer: badRequest, code: "HPE_INVALID_TRANSFER_ENCODING"),
        Example(
            name: "two Content-Lengths",
            bytes: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", answer: badRequest,
            code: "HPE_UNEXPECTED_CONTENT_LENGTH"),
        Example(
            name: "unknown method", bytes: "FOO / HTTP/1.1\r\nHost: x\r\n\r\n",
            answer: "HTTP/1.1 501 Not Implemented\r\nConnection: close\r\n\r\n", code: "HPE_INVALID_METHOD"),
        Example(
            name: "unknown transfer coding",
            bytes: "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            answer: "HTTP/1.1 501 Not Implemented\r\nConnection: close\r\n\r\n",
            code: "HPE_INVALID_TRANSFER_ENCODING"),
        Example(
            name: "bad chunk size",
            bytes: "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", answer: badRequest,
            code: "HPE_INVALID_CHUNK_SIZE"),
        Example(
            name: "chunk extensions over 16 KiB",
            bytes: "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;"
                + String(repeating: "a", count: 17_000) + "\r\nx\r\n0\r\n\r\n",
            answer: "HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\n\r\n",
            code: "HPE_CHUNK_EXTENSIONS_OVERFLOW"),
    ]

    @Test(
        "They are answered as Node answers them, the connection is closed, and the next client is served",
        arguments: examples)
    func refusal(_ example: Example) async {
        await withServer { server in
            let log = Log()
            server.http.onClientError = { error, _ in log(error.code) }
            server.onRequest = { request, response in request.collect { _ in response.end("ok") } }
            #expect(await server.exchange(example.bytes) == example.answer)
            #expect(log.lines == [example.code])
            #expect(await server.exchange("GET / HTTP/1.0\r\n\r\n").hasSuffix("\r\n\r\nok"))
        }
    }

    @Test("The program may answer them itself")
    func ownAnswer() async {
        await withServer { server in
            server.http.onClientError = { error, response in
                response.setHeader(.contentType, "text/plain")
                response.end("\(error.status) \(error.message)")
            }
            #expect(
                await server.exchange("NOT HTTP\r\n\r\n").oneLine
                    == #"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"#
                    + #"Content-Length: 69\r\n\r\n400 The method is not one of HTTP's, or is not followed by one space."#
            )
        }
    }

    @Test(
        "To HEAD they have no content, once its method was read",
        arguments: [
            ("HEAD / HTTP/1.1\r\n\r\n", false), ("GET / HTTP/1.1\r\n\r\n", true),
            ("HEAD / HTTP/1.1\r\nA : b\r\n\r\n", false), ("GET / HTTP/1.1\r\nA : b\r\n\r\n", true),
            ("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nNONSENSE\r\n\r\n", true), ("HEAD\t/", true),
            ("HEAD / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", false),
        ])
    func contentToHead(bytes: String, hasContent: Bool) async {
        await withServer { server in
            server.onRequest = { request, response in request.collect { _ in response.end() } }
            server.http.onClientError = { error, response in response.end(error.message) }
            #expect(await server.exchange(bytes).hasSuffix(".") == hasContent)
        }
    }

    @Test("A program that fails over them, or has not ended its answer, does not leave them unanswered")
    func failingAnswer() async {
        await withServer { server in
            server.loop.onUncaughtError = { _ in }
            server.http.onClientError = { _, _ in throw Thrown("over the error") }
            #expect(await server.exchange("NOT HTTP\r\n\r\n") == Self.badRequest)
            server.http.onClientError = { _, response in response.write("begun") }
            #expect(await server.exchange("NOT HTTP\r\n\r\n").hasSuffix("5\r\nbegun\r\n0\r\n\r\n"))
        }
    }

    @Test("They wait for the answers before them, and nothing behind them is a request")
    func behindPending() async {
        await withServer { server in
            var answers: [() -> Void] = []
            server.onRequest = { request, response in answers.append { response.end(request.url) } }
            let client = server.connect()
            client.send(
                "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nNOT HTTP\r\n\r\nGET /3 HTTP/1.1\r\nHost: x\r\n\r\n"
            )
            await server.turns()
            #expect(answers.count == 2)
            #expect(client.text == "")
            answers[1]()
            await server.turns()
            client.send("GET /4 HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.turns()
            answers[0]()
            await client.untilEnd()
            #expect(client.text.contains("\r\n\r\n/1HTTP/1.1 200 OK"))
            #expect(client.text.hasSuffix("\r\n\r\n/2" + Self.badRequest))
            #expect(answers.count == 2)
        }
    }

    @Test("A bad body behind pending answers takes the place of the answer to its own request")
    func badBodyBehindPending() async {
        await withServer { server in
            let log = Log()
            var answer = {}
            server.onRequest = { request, response in
                if request.method == .get { return answer = { response.end("first") } }
                response.onClose = { log("response closed, finished \(response.isFinished)") }
                request.onError = { log("\($0)") }
                request.onClose = { log("request closed") }
                request.onData = { _ in response.write("an answer that has begun, but is not sent") }
            }
            let client = server.connect()
            client.send(
                "GET / HTTP/1.1\r\nHost: x\r\n\r\nPOST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"
            )
            await server.turns()
            #expect(log.lines.count == 3)
            answer()
            await client.untilEnd()
            #expect(client.text.hasSuffix("\r\n\r\nfirst" + Self.badRequest))
        }
    }

    @Test("A bad body whose answer has begun ends the connection, and the next client is served")
    func badBodyAfterHead() async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                request.onData = { response.write($0) }
                request.onEnd = { response.end() }
                request.onError = { _ in log("error") }
                response.onClose = { log("close, finished \(response.isFinished)") }
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")
            await client.untilClosed()
            #expect(!client.text.contains("400"))
            #expect(!client.text.hasSuffix("0\r\n\r\n"))
            #expect(Set(log.lines) == ["error", "close, finished false"])
            let next = server.connect()
            next.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
            await next.until("0\r\n\r\n")
            #expect(next.text.hasSuffix("\r\n\r\n2\r\nhi\r\n0\r\n\r\n"))
        }
    }

    @Test("A request that was answered gets no second answer for a bad body", arguments: [false, true])
    func badBodyAfterAnswer(isPending: Bool) async {
        await withServer { server in
            var answer = {}
            server.onRequest = { request, response in
                if request.method == .get { return answer = { response.end("first") } }
                response.end("second")
            }
            let client = server.connect()
            let first = isPending ? "GET / HTTP/1.1\r\nHost: x\r\n\r\n" : ""
            client.send(first + "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            await server.turns()
            client.send("zz\r\nGET /third HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.turns()
            answer()
            await client.untilEnd()
            #expect(client.text.hasSuffix("\r\n\r\nsecond"))
            #expect(client.text.contains("\r\n\r\nfirstHTTP/1.1 200 OK") == isPending)
        }
    }

    @Test("A body that breaks a rule: the client error comes first, then what the request and its response are told")
    func orderOfEvents() async {
        let log = Log()
        await withServer { server in
            server.http.onClientError = { error, _ in log("client error \(error.code)") }
            server.onRequest = { request, response in
                request.onAborted = { log("req aborted") }
                request.onError = { error in log("req error \(error.code)") }
                request.onClose = { log("req close") }
                response.onFinish = { log("res finish") }
                response.onClose = { log("res close") }
                request.resume()
            }
            let answer = await server.exchange("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
            #expect(answer == "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            await server.turns()
        }
        #expect(
            log.lines == [
                "client error HPE_INVALID_CHUNK_SIZE", "req aborted", "res close", "req error ECONNRESET", "req close",
            ])
    }
}
