import UVCore
import UVHTTP

func httpWireFormat() -> Int32 {
    EventLoop.run { loop in
        let server = HTTPServer(answer)
        var heads = cases[...]

        @LoopActor func next() {
            guard let head = heads.popFirst() else { return server.close() }
            let client = server.connect()
            client.write(head + "\r\n")
            var all = ""
            var isClosed = false
            client.onData = { bytes in all += bytes.text }
            client.onEnd = { isClosed = true }
            client.onClose = { _ in next() }
            loop.setTimeout(.milliseconds(100)) {
                print(">", head.split(separator: "\r\n").joined(separator: " | "))
                print("  " + all.withoutDate.onOneLine)
                print("  server closed the connection:", isClosed)
                client.destroy()
            }
        }
        server.listen(port: 0, next)
    }
}

@LoopActor
private func answer(_ request: IncomingMessage, _ response: ServerResponse) {
    switch request.url {
    case "/end":
        response.end("hello")
    case "/empty":
        response.end()
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
        break
    }
}

private let cases = [
    "GET /end HTTP/1.1\r\nHost: x\r\n",
    "GET /empty HTTP/1.1\r\nHost: x\r\n",
    "GET /chunked HTTP/1.1\r\nHost: x\r\n",
    "GET /length HTTP/1.1\r\nHost: x\r\n",
    "GET /204 HTTP/1.1\r\nHost: x\r\n",
    "GET /304 HTTP/1.1\r\nHost: x\r\n",
    "HEAD /head HTTP/1.1\r\nHost: x\r\n",
    "GET /msg HTTP/1.1\r\nHost: x\r\n",
    "GET /early HTTP/1.1\r\nHost: x\r\n",
    "GET /trailer HTTP/1.1\r\nHost: x\r\n",
    "GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n",
    "GET /chunked HTTP/1.0\r\n",
    "GET /end HTTP/1.0\r\n",
    "GET /end HTTP/1.0\r\nConnection: keep-alive\r\n",
]
