import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("A client that leaves is gone, whatever of its request was not read")
struct LeavingClientTests {
    enum Leaving: CaseIterable { case end, reset }

    @Test(
        "Fifty clients whose bodies nothing reads see the first write of the answer, and leave: no connection is left",
        arguments: [["abc"], ["a", "bc"]], Leaving.allCases)
    func unreadBodies(pieces: [String], leaving: Leaving) async {
        nonisolated(unsafe) var (asked, left, closed, most) = (0, 50, 0, 0)
        let code = await withLoop { loop in
            let server = HTTPServer { _, response in
                asked += 1
                response.onClose = { closed += 1 }
                response.write("first")
            }
            server.listen(port: 0) {
                for _ in 0..<50 {
                    let client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                    client.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n\(pieces[0])")
                    client.onData = { _ in
                        most = max(most, server.connectionCount)
                        for piece in pieces.dropFirst() { client.write(piece) }
                        // What was written arrives before the leaving is noticed.
                        turns(4) { if leaving == .end { client.destroy() } else { client.resetAndDestroy() } }
                    }
                    client.onClose = { _ in
                        left -= 1
                        if left == 0 { exit(whenGone: server) }
                    }
                }
            }
        }
        #expect(code == 0 && asked == 50 && closed == 50 && most > 0)
    }

    @Test("A half-closed client whose whole body waits for its reader is answered, where it may be half-closed")
    func halfClosed() async {
        nonisolated(unsafe) var answer = ""
        nonisolated(unsafe) var body = ""
        _ = await withLoop { loop in
            var close = {}
            let server = HTTPServer { request, response in
                turns(6) {
                    request.collect { result in
                        body = String(decoding: try result.get(), as: UTF8.self)
                        response.end("thanks")
                    }
                }
            }
            server.allowsHalfOpen = true
            close = { server.close() }
            server.listen(port: 0) {
                let client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                client.allowsHalfOpen = true
                client.onData = { answer += String(decoding: $0, as: UTF8.self) }
                client.onEnd = { client.end() }
                client.onClose = { _ in close() }
                client.end("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
            }
        }
        #expect(body == "abc" && answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("thanks"))
    }

    @Test(
        "The answers that are owed hear once that their client has ended its side, where it may, also when it had before",
        arguments: [true, false])
    func clientEnd(allowsHalfOpen: Bool) async {
        nonisolated(unsafe) var events: [String] = []
        _ = await withLoop { loop in
            var close = {}
            let server = HTTPServer { request, response in
                let name = request.url
                let listen = { response.onClientEnd = { events.append("\(name) end") } }
                response.onClose = { events.append("\(name) close \(response.isFinished)") }
                switch name {
                case "/answered": response.end("x")
                case "/late":
                    turns(8) {
                        listen()
                        turns(4) { response.end("x") }
                    }
                default: turns(9) { response.end("x") }
                }
                if name != "/late" { listen() }
            }
            server.allowsHalfOpen = allowsHalfOpen
            close = { server.close() }
            server.listen(port: 0) {
                let client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                client.allowsHalfOpen = true
                client.onData = { _ in }
                client.onEnd = { client.end() }
                client.onClose = { _ in close() }
                for name in ["answered", "waiting", "late"] { client.write("GET /\(name) HTTP/1.1\r\nHost: x\r\n\r\n") }
                turns(3) { client.end() }
            }
        }
        let owed = ["/waiting end", "/late end", "/waiting close true", "/late close true"]
        let dropped = ["/waiting close false", "/late close false"]
        #expect(events == ["/answered close true"] + (allowsHalfOpen ? owed : dropped))
    }

    @Test("A body that nothing reads is held up at the mark and one read")
    func heldUp() async {
        nonisolated(unsafe) var waiting = 0
        _ = await withLoop { loop in
            var close = {}
            let server = HTTPServer { _, response in response.write("first") }
            close = { server.close() }
            server.listen(port: 0) {
                let client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                client.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
                client.onData = { _ in
                    client.onData = { _ in }
                    client.write([UInt8](repeating: 1, count: 64 << 20))
                    turns(60) {
                        waiting = client.writableLength
                        client.destroy()
                        server.closeAllConnections()
                        close()
                    }
                }
            }
            server.limits.body = .max
        }
        #expect(waiting > 32 << 20)
    }
}

/// Ends the loop, with 0 when `server` has no connection any more, or with 3 after two seconds. The system tells the
/// server of its clients' ends when it comes to it.
@LoopActor
private func exit(whenGone server: HTTPServer, looks: Int = 2_000) {
    let loop = EventLoop.current
    guard server.connectionCount > 0, looks > 0 else { return loop.exit(server.connectionCount == 0 ? 0 : 3) }
    loop.setTimeout(.milliseconds(1)) { exit(whenGone: server, looks: looks - 1) }
}

/// Calls `body` after `count` turns of the loop.
@LoopActor
private func turns(_ count: Int, _ body: @escaping () throws -> Void) {
    EventLoop.current.setImmediate { if count == 0 { try body() } else { turns(count - 1, body) } }
}
