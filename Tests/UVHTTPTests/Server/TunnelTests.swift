import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("CONNECT")
struct TunnelTests {
    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

    /// Requests for a tunnel, whatever they say of a body: it has none, and what follows belongs to the tunnel.
    private static let requests = [
        "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n",
        "CONNECT x:443 HTTP/1.0\r\n\r\n",
        "CONNECT x:443 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n",
        "CONNECT x:443 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        "CONNECT x:443 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
        "CONNECT x:443 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n",
    ]

    @Test("Without a callback the connection ends, and no byte behind the head is a request", arguments: requests)
    func noCallback(_ request: String) async {
        await withServer { server in
            server.onRequest = { request, _ in Issue.record("handled \(request.method) \(request.url)") }
            server.http.onUpgrade = { _, _, _ in Issue.record("upgraded") }
            let client = server.connect()
            client.send(request + Self.smuggled)
            await client.untilClosed()
            #expect(client.bytes.isEmpty)
        }
    }

    @Test(
        "Whoever answers the errors of clients answers this one, and no byte behind it is a request",
        arguments: requests)
    func clientError(_ request: String) async {
        let log = Log()
        await withServer { server in
            server.onRequest = { request, _ in Issue.record("handled \(request.method) \(request.url)") }
            server.http.onClientError = { error, response in
                log("\(error.status) \(error.code)")
                response.end("no tunnel")
            }
            let client = server.connect()
            client.send(request + Self.smuggled)
            await client.untilClosed()
            #expect(client.text.hasPrefix("HTTP/1.1 400 Bad Request\r\n") && client.text.hasSuffix("\r\n\r\nno tunnel"))
        }
        #expect(log.lines == ["400 ERR_HTTP_NO_TUNNEL"])
    }

    @Test("With a callback the socket is handed over with what came behind the head", arguments: requests)
    func callback(_ request: String) async {
        let log = Log()
        await withServer { server in
            server.onRequest = { request, _ in Issue.record("handled \(request.method) \(request.url)") }
            server.http.onUpgrade = { _, _, _ in Issue.record("upgraded") }
            server.http.onConnect = { request, socket, head in
                log("\(request.method) \(request.url) \(String(decoding: head, as: UTF8.self) == Self.smuggled)")
                socket.onData = { bytes in socket.write(bytes) }
                socket.write("HTTP/1.1 200 Connection Established\r\n\r\n")
            }
            let client = server.connect()
            client.send(request + Self.smuggled)
            await client.until("\r\n\r\n")
            #expect(server.http.connectionCount == 0)
            client.send(Self.smuggled)
            await client.until(Self.smuggled)
            #expect(client.text == "HTTP/1.1 200 Connection Established\r\n\r\n" + Self.smuggled)
        }
        #expect(log.lines == ["CONNECT x:443 true"])
    }

    @Test("What was asked before is answered first", arguments: [false, true])
    func behindPending(isOpened: Bool) async {
        await withServer { server in
            var answer = {}
            server.onRequest = { _, response in answer = { response.end("first") } }
            if isOpened { server.http.onConnect = { _, socket, _ in socket.end("tunnel") } }
            let client = server.connect()
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + Self.requests[0] + Self.smuggled)
            await server.turns()
            #expect(client.bytes.isEmpty)
            answer()
            await client.untilEnd()
            #expect(client.text.hasSuffix(isOpened ? "\r\n\r\nfirsttunnel" : "\r\n\r\nfirst"))
            await client.untilClosed()
            #expect(!client.isBroken || isOpened)
        }
    }

    @Test("A head that is wrong is answered as any other is")
    func badHead() async {
        await withServer { server in
            server.http.onConnect = { _, _, _ in Issue.record("connected") }
            for head in ["CONNECT / HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT x:443 HTTP/1.1\r\n\r\n"] {
                #expect(await server.exchange(head).hasPrefix("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"))
            }
        }
    }
}
