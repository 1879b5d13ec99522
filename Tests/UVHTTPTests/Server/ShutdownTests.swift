import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Closing a server")
struct ShutdownTests {
    private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test("Idle connections are closed at once, and the callback comes when all are gone")
    func idle() async {
        await withServer { server in
            let log = Log()
            let used = server.connect()
            used.send(Self.get)
            await used.until("\r\n\r\n")
            server.http.close { log("closed") }
            #expect(server.http.isClosing)
            #expect(log.lines.isEmpty)
            await used.untilEnd()
            await server.turns()
            #expect(log.lines == ["closed"])
            #expect(server.http.address == nil)
        }
    }

    @Test("A server that listens no more answers on what is open, each time for the last time, and closes as any other")
    func stopListening() async {
        await withServer { server in
            let log = Log()
            let (used, fresh, idle) = (server.connect(), server.connect(), server.connect())
            for client in [used, idle] {
                client.send(Self.get)
                await client.until("\r\n\r\n")
                #expect(!client.text.contains("Connection: close"))
            }
            server.http.stopListening()
            #expect(server.http.address == nil && !server.http.isClosing)
            await server.turns()
            for client in [used, fresh] {
                client.send(Self.get)
                await client.untilEnd()
                #expect(client.text.hasSuffix("Connection: close\r\nContent-Length: 0\r\n\r\n"))
            }
            #expect(!idle.hasEnded)
            server.http.close { log("closed") }
            await idle.untilEnd()
            await server.turns()
            #expect(log.lines == ["closed"])
        }
    }

    @Test("A second close waits as the first does and is an error, and so is one of a server that never listened")
    func twice() async {
        await withServer { server in
            let log = Log()
            var answer = {}
            server.onRequest = { _, response in answer = { response.end() } }
            let client = server.connect()
            client.send(Self.get)
            await server.turns()
            server.http.close { error in log("first: \(error?.name ?? "-")") }
            server.http.close { error in log("second: \(error?.name ?? "-")") }
            HTTPServer { (_: IncomingMessage, _: ServerResponse) in }.close { error in
                log("never listened: \(error?.name ?? "-")")
            }
            await server.turns()
            #expect(log.lines == ["never listened: ENOTCONN"])
            answer()
            await client.untilClosed()
            await server.turns()
            server.http.close { error in log("third: \(error?.name ?? "-")") }
            await server.turns()
            #expect(log.lines.dropFirst() == ["first: -", "second: ENOTCONN", "third: ENOTCONN"])
        }
    }

    @Test("A server that listens again while it closes goes on")
    func againWhileClosing() async {
        await withServer { server in
            let log = Log()
            var answer = {}
            server.onRequest = { request, response in
                if request.url == "/now" { response.end() } else { answer = { response.end() } }
            }
            let client = server.connect()
            client.send(Self.get)
            await server.turns()
            server.http.close { log("closed") }
            await withUnsafeContinuation { continuation in
                server.http.listen(port: 0) { continuation.resume() }
            }
            #expect(await server.exchange("GET /now HTTP/1.0\r\n\r\n").hasPrefix("HTTP/1.1 200 OK"))
            answer()
            await server.turns()
            #expect(server.http.address != nil)
            server.http.close()
            await server.turns()
            #expect(log.lines == ["closed"])
        }
    }

    @Test("Requests that are being answered are answered, and told that the connection closes")
    func active() async {
        await withServer { server in
            let log = Log()
            var answers: [() -> Void] = []
            server.onRequest = { request, response in
                if request.url == "/begun" { response.write("begun ") }
                answers.append { response.end("done") }
            }
            let (fresh, begun) = (server.connect(), server.connect())
            fresh.send(Self.get)
            begun.send("GET /begun HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.turns()
            server.http.close { log("closed") }
            await server.turns()
            #expect(log.lines.isEmpty)
            for answer in answers { answer() }
            await fresh.untilEnd()
            await begun.untilEnd()
            #expect(fresh.text.oneLine == #"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ndone"#)
            // Its head was sent before.
            #expect(begun.text.contains("Connection: keep-alive"))
            #expect(begun.text.hasSuffix("done\r\n0\r\n\r\n"))
            await server.turns()
            #expect(log.lines == ["closed"])
        }
    }

    @Test("A request that is arriving is answered, too")
    func arriving() async {
        await withServer { server in
            let client = server.connect()
            client.send("GET / HT")
            await server.turns()
            server.http.close()
            await server.turns()
            client.send("TP/1.1\r\nHost: x\r\n\r\n")
            await client.untilEnd()
            #expect(client.text.oneLine == #"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"#)
        }
    }

    @Test("Closed within a handler, a server still gives that handler's answer", arguments: [false, true])
    func inHandler(isAnsweredFirst: Bool) async {
        await withServer { server in
            server.onRequest = { _, response in
                if isAnsweredFirst { response.end("answer") }
                server.http.close()
                response.end("answer")
            }
            let client = server.connect()
            client.send(Self.get)
            await client.untilEnd()
            #expect(client.text.hasSuffix("\r\n\r\nanswer"))
            await client.untilClosed()
            #expect(!client.isBroken)
        }
    }

    @Test("An answer that is still being read is read to its end")
    func unread() async {
        await withServer(clock: ManualClock()) { server in
            let size = 10_000_000
            server.onRequest = { _, response in response.end([UInt8](repeating: 120, count: size)) }
            let client = server.connect()
            client.pause()
            client.send(Self.get)
            await server.turns()
            server.http.close()
            await server.turns()
            client.resume()
            await client.until(count: size)
            #expect(client.bytes.count > size)
            await server.pass(.milliseconds(600))
            #expect(client.hasEnded)
            #expect(server.http.connectionCount == 0)
        }
    }

    @Test("A new client is refused, and a server can listen again")
    func again() async {
        await withServer { server in
            let port = server.port
            server.http.close()
            await server.turns()
            let refused = TestClient(port: port, staysOpen: false)
            await refused.untilClosed()
            #expect(refused.isBroken)
            await withUnsafeContinuation { continuation in
                server.http.listen(port: 0) { continuation.resume() }
            }
            #expect(!server.http.isClosing)
            #expect(await server.exchange("GET / HTTP/1.0\r\n\r\n").hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("All answers that are owed when a server closes are sent, in whatever order they are ended", arguments: 0..<6)
    func owed(_ order: Int) async {
        await withServer { server in
            var answers: [() -> Void] = []
            server.onRequest = { request, response in answers.append { response.end(request.url) } }
            let client = server.connect()
            client.send(["/1", "/2", "/3"].map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
            await server.turns()
            let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
            answers[orders[order][0]]()
            await server.turns()
            server.http.close()
            for index in orders[order][1...] {
                answers[index]()
                await server.turns()
            }
            await client.untilEnd()
            let bodies = client.text.split(separator: "HTTP/1.1 200 OK").map { String($0.suffix(2)) }
            #expect(bodies == ["/1", "/2", "/3"])
        }
    }

    @Test("A server that does not listen can be closed")
    func notListening() async {
        await withServer { server in
            let log = Log()
            let other = HTTPServer { (_: IncomingMessage, _: ServerResponse) in }
            other.close { log("closed") }
            other.closeAllConnections()
            await server.turns()
            #expect(log.lines == ["closed"])
        }
    }

    @Test("closeAllConnections ends whatever is going on, also from within a handler, and nothing more is handled")
    func closeAll() async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                log("request \(request.url)")
                response.onClose = { log("close \(request.url), finished \(response.isFinished)") }
                if request.url == "/2" { server.http.closeAllConnections() }
                response.end()
            }
            let client = server.connect()
            client.send((1...5).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
            await client.untilClosed()
            #expect(client.bytes.isEmpty)
            #expect(
                log.lines == [
                    "request /1", "request /2", "close /1, finished false", "close /2, finished false",
                ])
        }
    }
}
