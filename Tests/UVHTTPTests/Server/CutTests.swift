import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Where the network cuts a request")
struct CutTests {
    static let conversations = [
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "\r\nGET /path?query HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\nConnection: close\r\n\r\nhello world",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\nPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n.GET /",
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=\"b\"\r\n world\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n.\r\n0\r\nX-T: v\r\n\r\n",
        "POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\nNOT HTTP",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabX",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\nab",
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhead and more",
        "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
    ]

    @LoopActor
    private static func prepare(_ server: TestServer) {
        server.http.limits.body = 1_000
        server.http.onUpgrade = { _, socket, head in
            var received = head
            let answer = { if received.count >= 13 { socket.end(received) } }
            socket.onData = { bytes in
                received += bytes
                answer()
            }
            answer()
        }
        server.onRequest = { request, response in
            if request.url == "/unread" { return response.end("unread") }
            request.collect { body in
                let trailers = request.trailers.map { "\($0.name): \($0.value)" }
                response.end(
                    "\(request.method) \(request.url) \(String(decoding: try body.get(), as: UTF8.self)) \(trailers)")
            }
        }
    }

    @Test("A request is answered alike, wherever it is cut", arguments: conversations)
    func cuts(_ conversation: String) async {
        await withServer { server in
            Self.prepare(server)
            let bytes = Array(conversation.utf8)
            let whole = server.connect(staysOpen: true)
            whole.send(bytes)
            whole.end()
            await whole.untilClosed()
            #expect(whole.count > 0)
            let clients = bytes.indices.dropFirst().map { cut in (cut, server.connect(staysOpen: true)) }
            for (cut, client) in clients { client.send(Array(bytes[..<cut])) }
            await server.turns(2 * bytes.count + 5)
            for (cut, client) in clients {
                client.send(Array(bytes[cut...]))
                client.end()
            }
            for (cut, client) in clients {
                await client.untilClosed()
                #expect(client.text == whole.text, "cut at \(cut)")
            }
        }
    }

    @Test("A request that comes byte by byte is answered alike", arguments: conversations)
    func byteByByte(_ conversation: String) async {
        await withServer { server in
            Self.prepare(server)
            let whole = server.connect(staysOpen: true)
            whole.send(conversation)
            whole.end()
            await whole.untilClosed()
            let client = server.connect(staysOpen: true)
            for byte in conversation.utf8 {
                client.send([byte])
                await server.turns(2)
            }
            client.end()
            await client.untilClosed()
            #expect(client.text == whole.text)
        }
    }
}
