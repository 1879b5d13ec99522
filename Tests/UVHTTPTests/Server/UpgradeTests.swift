import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Requests for another protocol")
struct UpgradeTests {
    private static let request = "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
    private static let switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"

    @Test("The socket is handed over with what came behind the request: Node's exercise 35")
    func exercise35() async {
        let log = Log()
        await withServer { server in
            server.onRequest = { request, response in
                log("normal request, upgrade \(request.isUpgrade), header \(request.header(.upgrade) ?? "")")
                response.end("plain")
            }
            let first = server.connect()
            first.send(Self.request)
            await first.until("plain")
            log("no listener -> \(first.text.split(separator: "\r\n")[0])")
            server.http.onUpgrade = { request, socket, head in
                log("upgrade event, upgrade \(request.isUpgrade), \(request.method) \(request.url) head \(head.count)")
                socket.write(Self.switching)
                var got = String(decoding: head, as: UTF8.self)
                socket.onData = { bytes in
                    got += String(decoding: bytes, as: UTF8.self)
                    guard got.utf8.count >= 8 else { return }
                    log("server read \(got)")
                    socket.end(got.uppercased())
                }
                socket.onClose = { _ in log("server closed") }
            }
            let client = server.connect()
            client.send(Self.request + "HEAD")
            await client.until("\r\n\r\n")
            #expect(server.http.connectionCount == 1)
            client.send("late")
            await client.untilEnd()
            log("client got \(client.text.split(separator: "\r\n\r\n")[1])")
            await client.untilClosed()
            await server.turns()
        }
        #expect(
            log.lines == [
                "normal request, upgrade false, header echo",
                "no listener -> HTTP/1.1 200 OK",
                "upgrade event, upgrade true, GET /chat head 4",
                "server read HEADlate",
                "client got HEADLATE",
                "server closed",
            ])
    }

    @Test(
        "No content is no content, however it is spelled; with some the request is a normal one",
        arguments: [
            ("", true), ("Content-Length: 0", true), ("Content-Length: 000", true), ("Content-Length: 1", false),
        ])
    func noContent(line: String, isUpgrade: Bool) async {
        await withServer { server in
            let log = Log()
            server.http.onUpgrade = { _, socket, head in
                log("upgrade")
                #expect(head == Array("x".utf8))
                socket.end()
            }
            server.onRequest = { _, response in
                log("request")
                response.end()
            }
            let client = server.connect()
            client.send(Self.request.dropLast(1) + (line.isEmpty ? "" : line + "\r\n") + "\r\nx")
            await server.turns()
            #expect(log.lines == [isUpgrade ? "upgrade" : "request"])
        }
    }

    @Test("A request for another protocol waits until the answers before it are sent")
    func behindPending() async {
        await withServer { server in
            let log = Log()
            var answer = {}
            server.onRequest = { _, response in answer = { response.end("first") } }
            server.http.onUpgrade = { _, socket, head in
                log("upgrade \(String(decoding: head, as: UTF8.self))")
                socket.onData = { bytes in socket.write(bytes) }
                socket.write(Self.switching)
                socket.write(head)
            }
            let client = server.connect()
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + Self.request + "HEAD")
            await server.turns()
            client.send("+MORE")
            await server.turns()
            #expect(log.lines.isEmpty)
            answer()
            await server.turns()
            client.send("+LATE")
            await client.until("+LATE")
            #expect(client.text.hasSuffix("\r\n\r\nfirst" + Self.switching + "HEAD+MORE+LATE"))
            #expect(log.lines == ["upgrade HEAD"])
        }
    }

    @Test("What was written before the socket is handed over leaves first")
    func behindLargeAnswer() async {
        await withServer { server in
            let size = 20_000_000
            server.onRequest = { _, response in response.end([UInt8](repeating: 120, count: size)) }
            server.http.onUpgrade = { _, socket, _ in
                socket.onData = { _ in }
                socket.write(Self.switching)
            }
            let client = server.connect()
            client.pause()
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + Self.request)
            await server.turns()
            client.resume()
            await client.until(count: size)
            await server.turns()
            #expect(client.bytes.suffix(Self.switching.utf8.count).elementsEqual(Self.switching.utf8))
        }
    }

    @Test("A socket that is destroyed as it is handed over has sent the answers before it", arguments: [false, true])
    func destroyedAtOnce(throwing: Bool) async {
        await withServer { server in
            server.onRequest = { _, response in response.end("first") }
            server.http.onUpgrade = { _, socket, _ in
                if throwing { throw Thrown("onUpgrade") }
                socket.destroy()
            }
            server.loop.onUncaughtError = { _ in }
            let client = server.connect()
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + Self.request)
            await client.untilClosed()
            #expect(client.text.hasSuffix("\r\n\r\nfirst"))
        }
    }

    @Test("A request with a body is a normal one, whatever it asks for")
    func withBody() async {
        await withServer { server in
            server.http.onUpgrade = { _, _, _ in Issue.record("handed over") }
            server.onRequest = { request, response in request.collect { body in response.end(try body.get()) } }
            let client = server.connect()
            client.send(
                "POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\nContent-Length: 4\r\n\r\nbody")
            await client.until("body")
            #expect(client.text.hasSuffix("\r\n\r\nbody"))
        }
    }

    @Test("A client that closes its side behind the request for another protocol is handed over, too")
    func endBehindUpgrade() async {
        await withServer { server in
            let log = Log()
            var answer = {}
            server.onRequest = { _, response in answer = { response.end("first") } }
            server.http.onUpgrade = { _, socket, head in
                log("upgrade \(String(decoding: head, as: UTF8.self))")
                socket.onEnd = { log("end") }
                socket.onData = { _ in }
                socket.end("bye")
            }
            let client = server.connect(staysOpen: true)
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + Self.request + "HEAD")
            client.end()
            await server.turns()
            answer()
            await client.untilEnd()
            #expect(client.text.hasSuffix("\r\n\r\nfirstbye"))
            await server.turns()
            #expect(log.lines == ["upgrade HEAD", "end"])
        }
    }

    @Test("After the hand-over no time-out of HTTP holds, and closing the server leaves the socket alone")
    func time() async {
        await withServer(clock: ManualClock()) { server in
            var isClosed = false
            server.http.onUpgrade = { _, socket, _ in
                socket.onData = { bytes in socket.write(bytes) }
                socket.onClose = { _ in isClosed = true }
                socket.write(Self.switching)
            }
            let client = server.connect()
            client.send(Self.request)
            await client.until("\r\n\r\n")
            await server.pass(.seconds(1_000), in: .seconds(50))
            client.send("still here")
            await client.until("still here")
            #expect(!isClosed)
            #expect(server.http.connectionCount == 0)
        }
    }
}
