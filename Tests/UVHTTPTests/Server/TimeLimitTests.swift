import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Time limits")
struct TimeLimitTests {
    private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let timeout = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"

    @Test("An idle connection is kept for the five seconds announced and closed at six")
    func keepAlive() async {
        await withServer(clock: ManualClock()) { server in
            let client = server.connect()
            for _ in 1...3 {
                client.send(Self.get)
                await server.pass(.milliseconds(5_400))
                #expect(!client.hasEnded)
            }
            await server.pass(.milliseconds(500))
            #expect(!client.hasEnded)
            await server.pass(.milliseconds(600))
            await client.untilEnd()
            #expect(client.hasEnded)
            #expect(!client.text.contains("408"))
            #expect(server.http.connectionCount == 0)
        }
    }

    @Test("An idle connection is closed when it was announced, however rarely connections are looked at")
    func keepAliveIsExact() async {
        await withServer(clock: ManualClock()) { server in
            server.http.limits.keepAliveTimeout = .milliseconds(100)
            server.http.connectionsCheckingInterval = .seconds(1)
            let clients = [server.connect(), server.connect()]
            clients[0].send(Self.get)
            await server.pass(.milliseconds(300), in: .milliseconds(50))
            clients[1].send(Self.get)
            await server.pass(.milliseconds(700), in: .milliseconds(50))
            #expect(!clients[0].hasEnded)
            await server.pass(.milliseconds(250), in: .milliseconds(50))
            await clients[0].untilEnd()
            #expect(clients[0].hasEnded)
            #expect(!clients[1].hasEnded)
            await server.pass(.milliseconds(300), in: .milliseconds(50))
            await clients[1].untilEnd()
            #expect(clients[1].hasEnded)
        }
    }

    @Test("Without a keep-alive time idle connections are kept, and nothing is announced")
    func noKeepAlive() async {
        await withServer(clock: ManualClock()) { server in
            server.http.limits.keepAliveTimeout = .zero
            let client = server.connect()
            client.send(Self.get)
            await server.pass(.seconds(1_000), in: .seconds(100))
            #expect(client.text.oneLine == #"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"#)
            #expect(!client.hasEnded)
        }
    }

    @Test("Empty lines do not keep a connection busy", arguments: ["\r", "\r\n", "\r\n\r\n"])
    func emptyLines(_ text: String) async {
        await withServer(clock: ManualClock()) { server in
            let client = server.connect()
            client.send(Self.get + text)
            await server.pass(.milliseconds(5_900))
            #expect(!client.hasEnded)
            await server.pass(.milliseconds(600))
            await client.untilEnd()
            #expect(client.hasEnded)
            #expect(!client.text.contains("408"))
        }
    }

    @Test("An answer that a slow client is still reading keeps the connection, and is followed by its idle time")
    func slowReaderOfWholeAnswer() async {
        await withServer(clock: ManualClock()) { server in
            let size = 20_000_000
            server.onRequest = { _, response in response.end([UInt8](repeating: 120, count: size)) }
            let client = server.connect()
            client.pause()
            client.send(Self.get)
            await server.pass(.seconds(30))
            client.resume()
            await client.until(count: size)
            #expect(client.bytes.count > size)
            await server.pass(.milliseconds(5_000))
            #expect(!client.hasEnded)
            await server.pass(.milliseconds(1_600))
            await client.untilEnd()
            #expect(client.hasEnded)
        }
    }

    @Test("An answer that closes the connection is sent whole, however slowly its client reads")
    func slowReaderOfLastAnswer() async {
        await withServer(clock: ManualClock()) { server in
            let size = 20_000_000
            server.onRequest = { _, response in response.end([UInt8](repeating: 120, count: size)) }
            let client = server.connect()
            client.pause()
            client.send("GET / HTTP/1.0\r\n\r\n")
            await server.pass(.seconds(30))
            client.resume()
            await client.untilEnd()
            #expect(client.bytes.count > size)
            #expect(!client.isBroken)
        }
    }

    @Test("A head may take 60 seconds", arguments: ["", "G", "GET / HTTP/1.1\r\nHost: x\r\n", "\r\nGET"])
    func head(_ beginning: String) async {
        await withServer(clock: ManualClock()) { server in
            let log = Log()
            server.http.onClientError = { error, _ in log(error.code) }
            let client = server.connect()
            client.send(beginning)
            await server.pass(.milliseconds(59_900))
            #expect(!client.hasEnded)
            await server.pass(.milliseconds(600))
            await client.untilEnd()
            #expect(client.hasEnded)
            #expect(client.text == Self.timeout)
            #expect(log.lines == ["ERR_HTTP_REQUEST_TIMEOUT"])
        }
    }

    @Test("A head that arrives a byte at a time gets no more time")
    func slowHead() async {
        await withServer(clock: ManualClock()) { server in
            let client = server.connect()
            client.send(Self.get)
            await client.until("\r\n\r\n")
            client.send("GET / HTTP/1.1\r\nX: ")
            for _ in 0..<59 {
                await server.pass(.seconds(1))
                client.send("x")
            }
            #expect(!client.hasEnded)
            await server.pass(.milliseconds(1_500))
            #expect(client.text.hasSuffix("\r\n\r\n" + Self.timeout))
        }
    }

    @Test("A handler may take as long as it likes")
    func slowHandler() async {
        await withServer(clock: ManualClock()) { server in
            server.onRequest = { _, response in server.loop.setTimeout(.seconds(3_600)) { response.end("at last") } }
            let client = server.connect()
            client.send(Self.get)
            await server.pass(.seconds(3_601), in: .seconds(30))
            #expect(client.text.hasSuffix("\r\n\r\nat last"))
        }
    }

    @Test("An answer of which no byte is taken for 60 seconds is ended; one byte gives it 60 more")
    func unreadAnswer() async {
        await withServer(clock: ManualClock()) { server in
            let log = Log()
            let size = 40_000_000
            server.onRequest = { _, response in
                response.onClose = { log("closed, finished \(response.isFinished)") }
                response.end([UInt8](repeating: 120, count: size))
            }
            let client = server.connect()
            client.pause()
            client.send(Self.get)
            await server.pass(.seconds(59))
            client.resume()
            await client.until(count: 10_000_000)
            client.pause()
            // The system goes on to take bytes until its buffers are full, and each of them counts.
            await server.turns(500)
            await server.pass(.milliseconds(59_400))
            #expect(server.http.connectionCount == 1)
            await server.pass(.milliseconds(1_600))
            #expect(server.http.connectionCount == 0)
            client.resume()
            await client.untilClosed()
            #expect(client.bytes.count < size)
            #expect(log.lines == ["closed, finished false"])
        }
    }

    @Test("After its last answer a connection is read for two seconds, and then closed")
    func lingerTime() async {
        await withServer(clock: ManualClock()) { server in
            let client = server.connect(staysOpen: true)
            client.send("GET / HTTP/1.0\r\n\r\n")
            await client.untilEnd()
            #expect(server.http.connectionCount == 1)
            await server.pass(.milliseconds(1_900))
            client.send("more")
            await server.turns()
            #expect(!client.isClosed)
            #expect(server.http.connectionCount == 1)
            await server.pass(.milliseconds(600))
            #expect(server.http.connectionCount == 0)
        }
    }

    @Test("After its last answer a connection is read for eight MiB, and then closed")
    func lingerBytes() async {
        await withServer(clock: ManualClock()) { server in
            for size in [8 << 20, 8 << 20 + 1] {
                let client = server.connect(staysOpen: true)
                client.send("GET / HTTP/1.0\r\n\r\n")
                await client.untilEnd()
                client.send([UInt8](repeating: 120, count: size))
                await server.turns(300)
                #expect(server.http.connectionCount == (size > 8 << 20 ? 0 : 1))
                client.destroy()
                await server.turns()
            }
        }
    }

    @Test(
        "The largest times end nothing, and a time of zero is no limit",
        arguments: [Duration.zero, .seconds(Int64.max)])
    func extremes(_ time: Duration) async {
        await withServer(clock: ManualClock()) { server in
            server.http.limits.headTimeout = time
            server.http.limits.requestTimeout = time
            server.http.limits.keepAliveTimeout = time
            server.http.limits.unreadAnswerTimeout = time
            server.http.limits.lingerTimeout = .seconds(Int64.max)
            server.http.limits.bodyRate = 0
            server.http.limits.bodyRateWindow = time
            server.onRequest = { request, response in
                request.collect { body in response.end(try body.get()) }
            }
            let (head, idle, body) = (server.connect(), server.connect(), server.connect())
            let last = server.connect(staysOpen: true)
            head.send("GET / HT")
            idle.send(Self.get)
            body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
            last.send("GET / HTTP/1.0\r\n\r\n")
            for _ in 1...99 {
                body.send("x")
                await server.pass(.seconds(9), in: .seconds(9))
            }
            #expect(!head.hasEnded && !idle.hasEnded && !body.hasEnded && last.hasEnded)
            #expect(server.http.connectionCount == 4)
        }
    }

    @Test("A thousand idle connections are closed by the sweep")
    func thousandIdle() async {
        await withServer(clock: ManualClock()) { server in
            let clients = (0..<1_000).map { _ in server.connect() }
            for client in clients { client.send(Self.get) }
            for client in clients { await client.until("\r\n\r\n") }
            #expect(server.http.connectionCount == 1_000)
            await server.pass(.milliseconds(6_600))
            #expect(server.http.connectionCount == 0)
            #expect(!clients.contains { !$0.hasEnded })
        }
    }
}
