import Testing
import UVHTTP

@Suite("What answers look like, byte by byte")
struct WireFormatTests {
    /// One line of Node's exercise 34: a request, the answer without its date, and whether the connection is closed.
    struct Example: CustomTestStringConvertible {
        let request: String
        let answer: String
        var isClosed = false

        var testDescription: String { request }
    }

    static let examples = [
        Example(
            request: "GET /end HTTP/1.1 | Host: x",
            answer:
                #"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 5\r\n\r\nhello"#
        ),
        Example(
            request: "GET /empty HTTP/1.1 | Host: x",
            answer: #"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n"#),
        Example(
            request: "GET /chunked HTTP/1.1 | Host: x",
            answer:
                #"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n\r\n"#
                + #"1\r\na\r\n2\r\nbc\r\n1\r\nd\r\n0\r\n\r\n"#),
        Example(
            request: "GET /length HTTP/1.1 | Host: x",
            answer: #"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n"#
                + #"Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\nhello"#),
        Example(
            request: "GET /204 HTTP/1.1 | Host: x",
            answer: #"HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n"#),
        Example(
            request: "GET /304 HTTP/1.1 | Host: x",
            answer: #"HTTP/1.1 304 Not Modified\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n"#),
        Example(
            request: "HEAD /head HTTP/1.1 | Host: x",
            answer: #"HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n"#),
        Example(
            request: "GET /msg HTTP/1.1 | Host: x",
            answer: #"HTTP/1.1 299 Custom Msg\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n"#
                + #"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"#),
        Example(
            request: "GET /early HTTP/1.1 | Host: x",
            answer: #"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"#
                + #"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 1\r\n\r\nx"#),
        Example(
            request: "GET /trailer HTTP/1.1 | Host: x",
            answer: #"HTTP/1.1 200 OK\r\nTrailer: X-T\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n"#
                + #"Transfer-Encoding: chunked\r\n\r\n1\r\nq\r\n0\r\nX-T: v\r\n\r\n"#),
        Example(
            request: "GET /end HTTP/1.1 | Host: x | Connection: close",
            answer: #"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"#, isClosed: true),
        Example(
            request: "GET /chunked HTTP/1.0",
            answer: #"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcd"#, isClosed: true),
        Example(
            request: "GET /end HTTP/1.0",
            answer: #"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"#, isClosed: true),
        Example(
            request: "GET /end HTTP/1.0 | Connection: keep-alive",
            answer: #"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"#, isClosed: true),
    ]

    @LoopActor
    static func answer(_ request: IncomingMessage, _ response: ServerResponse) {
        switch request.url {
        case "/end":
            response.end("hello")
        case "/chunked":
            response.write("a")
            response.write("bc")
            response.end("d")
        case "/length":
            response.writeHead(.ok, [.contentLength: "5", .contentType: "text/plain"])
            response.end("hello")
        case "/204":
            response.status = .noContent
            response.end()
        case "/304":
            response.status = .notModified
            response.end()
        case "/head":
            response.appendHeader(.named("X-A"), "1")
            response.appendHeader(.named("X-A"), "2")
            response.end("ignored body")
        case "/msg":
            response.writeHead(.init(code: 299, reasonPhrase: "Custom Msg"))
            response.end("x")
        case "/early":
            response.writeEarlyHints([.named("Link"): "</a.css>; rel=preload"])
            response.end("x")
        case "/trailer":
            response.writeHead(.ok, [.trailer: "X-T"])
            response.write("q")
            response.addTrailers([.named("X-T"): "v"])
            response.end()
        default:
            response.end()
        }
    }

    @Test("The answers of Node's exercise 34", arguments: examples)
    func exercise34(_ example: Example) async {
        await withServer { server in
            server.onRequest = Self.answer
            let client = server.connect()
            client.send(example.request.replacing(" | ", with: "\r\n") + "\r\n\r\n")
            await client.until(example.answer.replacing(#"\r\n"#, with: "\r\n"))
            #expect(client.text.oneLine == example.answer)
            await server.turns()
            #expect(client.hasEnded == example.isClosed)
        }
    }
}
