import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Bodies and heads at their limits, and beyond")
struct BodyLimitTests {
    private static let tooLarge = "HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\n\r\n"

    /// A POST with a body of `size` bytes.
    private static func post(_ size: Int, chunked: Bool) -> String {
        let body = String(repeating: "x", count: size)
        guard chunked else { return "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n\(body)" }
        let half = size / 2
        return "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + [half, size - half].map { String($0, radix: 16) + "\r\n" + String(repeating: "x", count: $0) + "\r\n" }
            .joined() + "0\r\n\r\n"
    }

    @Test("A body at the limit is read, one beyond it is answered 413", arguments: [false, true], [1_000, 1_001])
    func body(chunked: Bool, size: Int) async {
        await withServer { server in
            server.http.limits.body = 1_000
            let log = Log()
            server.onRequest = { request, response in
                request.onError = { log("\($0)".contains("413") ? "413" : "\($0)") }
                request.onData = { _ in }
                request.onEnd = { response.end("read") }
            }
            let client = server.connect()
            client.send(Self.post(size, chunked: chunked))
            await server.turns()
            #expect(size == 1_000 ? client.text.hasSuffix("\r\n\r\nread") : client.text == Self.tooLarge)
            #expect(client.hasEnded == (size > 1_000))
            // An announced length is refused before the handler is called, so no callback is told.
            #expect(log.lines == (size > 1_000 && chunked ? ["413"] : []))
        }
    }

    @Test("The limit is a MiB, unless the program says otherwise")
    func mebibyte() async {
        await withServer { server in
            server.onRequest = { request, response in
                request.collect { body in response.end("\(try body.get().count)") }
            }
            let client = server.connect()
            client.send(Self.post(1 << 20, chunked: false))
            await client.until("1048576")
            #expect(client.text.hasSuffix("\r\n\r\n1048576"))
            client.send(Self.post(1 << 20 + 1, chunked: false))
            await client.untilEnd()
            #expect(client.text.hasSuffix(Self.tooLarge))
        }
    }

    @Test("Behind a router a body over the limit is refused when the handler's turn comes: who refused before, has")
    func routed() async {
        await withServer { server in
            let router = Router()
            router.post(
                "/",
                through: [
                    ClosureMiddleware { _, response, _ in
                        response.status = .unauthorized
                        response.end("who?")
                    }
                ]
            ) { _, response in response.end() }
            router.post("/open") { _, response in response.end() }
            let http = HTTPServer(router)
            http.limits.body = 1_000
            http.listen(port: 0)
            await server.turns()
            let request = Self.post(1_001, chunked: false)
            let refusals = [("/", "HTTP/1.1 401 Unauthorized"), ("/open", "HTTP/1.1 413 "), ("/none", "HTTP/1.1 404 ")]
            for (path, answer) in refusals {
                let client = TestClient(port: http.address?.port ?? 0, staysOpen: false)
                client.send("POST \(path)" + request.dropFirst("POST /".count) + "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                await client.untilClosed()
                #expect(client.text.hasPrefix(answer))
                #expect(client.text.oneLine.contains(#"Connection: close\r\n"#))
                #expect(client.text.split(separator: "HTTP/1.1 ").count == 1)
            }
            http.close()
        }
    }

    @Test("A body that grows over the limit in chunks after the answer does not change it")
    func unreadChunks() async {
        await withServer { server in
            server.http.limits.body = 1_000
            server.onRequest = { _, response in response.end("answer") }
            let client = server.connect()
            client.send(Self.post(1_001, chunked: true) + "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.untilClosed()
            #expect(client.text.hasSuffix("Content-Length: 6\r\n\r\nanswer"))
        }
    }

    @Test("A client that sends megabytes beyond the limit still gets to read its answer")
    func longUpload() async {
        await withServer { server in
            server.onRequest = { request, response in request.collect { _ in response.end() } }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n")
            client.send([UInt8](repeating: 120, count: 5_000_000))
            await client.untilClosed()
            #expect(client.text == Self.tooLarge)
            #expect(!client.isBroken)
        }
    }

    @Test("A handler's own limit", arguments: [5, 6])
    func ownLimit(size: Int) async {
        await withServer { server in
            server.onRequest = { request, response in
                request.collect(upTo: 5) { body in response.end("\(try body.get().count)") }
            }
            let client = server.connect()
            client.send(Self.post(size, chunked: false))
            client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            await client.untilEnd()
            #expect(client.text.hasPrefix(size > 5 ? "HTTP/1.1 413 Payload Too Large\r\n" : "HTTP/1.1 200 OK\r\n"))
            #expect(client.text.hasSuffix("\r\n\r\n0"))
        }
    }

    @Test("A head of 16 KiB is read, one byte more is answered 431", arguments: [0, 1])
    func head(excess: Int) async {
        await withServer { server in
            let rest = "GET / HTTP/1.1\r\nHost: x\r\nX: \r\n\r\n"
            let value = String(repeating: "x", count: 16_384 - rest.utf8.count + excess)
            let client = server.connect()
            client.send("GET / HTTP/1.1\r\nHost: x\r\nX: \(value)\r\n\r\n")
            await client.until("\r\n\r\n")
            #expect(client.text.hasPrefix(excess == 0 ? "HTTP/1.1 200 " : "HTTP/1.1 431 "))
        }
    }

    @Test("A hundred fields are read, one more is answered 431", arguments: [100, 101])
    func fields(count: Int) async {
        await withServer { server in
            let client = server.connect()
            client.send("GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "X: x\r\n", count: count - 1) + "\r\n")
            await client.until("\r\n\r\n")
            #expect(client.text.hasPrefix(count == 100 ? "HTTP/1.1 200 " : "HTTP/1.1 431 "))
        }
    }
}
