import LoopTesting
import Testing
import UVCore
import UVHTTP
import UVWebSocket

/// RFC 6455 section 4.2.
@Suite("An upgrade request opens a WebSocket, or is told why not")
struct OpeningTests {
    @Test("The seed's request gets the seed's answer, byte for byte")
    func seed() async {
        await withServer { server in
            let (_, peer) = try await server.open(
                """
                GET /ws/tasks HTTP/1.1\r
                Host: localhost:3000\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Version: 13\r
                \r

                """)
            #expect(
                peer.head == """
                    HTTP/1.1 101 Switching Protocols\r
                    Upgrade: websocket\r
                    Connection: Upgrade\r
                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
                    """)
            #expect(peer.leftover == 0)
        }
    }

    @Test("The request may arrive in two pieces, cut anywhere", arguments: [1, 15, 16, 17, 60, 120, -4, -3, -2, -1])
    func cut(at position: Int) async {
        await withServer { server in
            let peer = try await server.connect()
            let request = Array(upgradeRequest().utf8)
            let place = position < 0 ? request.count + position : position
            peer.socket.write(Array(request[..<place]))
            await turns()
            #expect(peer.head.isEmpty)
            peer.socket.write(Array(request[place...]))
            try await until("the answer") { peer.head.hasSuffix("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") }
        }
    }

    @Test("Frames that come in one packet with the request are read, whole or cut", arguments: 0..<12)
    func framesWithTheRequest(kept: Int) async {
        await withServer { server in
            let log = Log()
            server.onOpen = { socket, _ in socket.onMessage = { log($0.text) } }
            let peer = try await server.connect()
            let frames = WireFrame.text("first").masked().bytes + WireFrame.text("second").masked().bytes
            peer.socket.write(Array(upgradeRequest().utf8) + frames.dropLast(kept))
            await turns()
            #expect(log.lines == (kept == 0 ? ["first", "second"] : ["first"]))
            peer.socket.write(Array(frames.suffix(kept)))
            try await until("both messages") { log.lines == ["first", "second"] }
        }
    }

    @Test("What is sent while the WebSocket is opened comes behind the answer, in order")
    func sendWhileOpening() async {
        await withServer { server in
            server.onOpen = { socket, _ in
                try server.hub.join(socket, "news")
                socket.send("welcome")
                server.hub.broadcast("news", to: "news")
                socket.send("behind the news")
            }
            let (_, peer) = try await server.open()
            try await until("three frames") { peer.frames.count == 3 }
            #expect(peer.frames == [.text("welcome"), .text("news"), .text("behind the news")])
        }
    }

    @Test("A WebSocket that is closed while it is opened is closed behind the answer")
    func closeWhileOpening() async {
        await withServer { server in
            server.onOpen = { socket, _ in socket.close(.notAuthorised, reason: "no") }
            let (_, peer) = try await server.open()
            #expect(try await peer.frame() == .close(3500, "no"))
        }
    }

    @Test("When opening fails the client is told 1011, and the error is reported")
    func openingThrows() async {
        let log = Log()
        await withServer { server in
            server.loop.onUncaughtError = { log("\($0)") }
            server.onOpen = { _, _ in throw Thrown("no room") }
            let (_, peer) = try await server.open()
            #expect(try await peer.frame() == .close(1011))
        }
        #expect(log.lines == ["no room"])
    }

    @Test(
        "Of the subprotocols that the client offers it gets the first that the server speaks",
        arguments: [
            (["chat, superchat"], "chat"), (["unknown, superchat"], "superchat"), (["superchat", "chat"], "superchat"),
            (["Chat"], nil), (["unknown"], nil), ([], nil),
        ])
    func subprotocol(offered: [String], chosen: String?) async {
        await withServer { server in
            server.upgrader.subprotocols = ["chat", "superchat"]
            let fields = offered.map { "Sec-WebSocket-Protocol: \($0)\r\n" }.joined()
            let (socket, peer) = try await server.open(String(upgradeRequest().dropLast()) + fields + "\r\n")
            #expect(socket.subprotocol == chosen)
            let line = chosen.map { "\r\nSec-WebSocket-Protocol: \($0)" } ?? ""
            #expect(peer.head.hasSuffix("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\(line)"))
        }
    }
}

@Suite("A WebSocket is a connection of its server's")
struct ConnectionLimitTests {
    @Test("WebSockets count against the server's limit of connections: one beyond it gets 503")
    func limit() async {
        await withServer { server in
            server.http.limits.connections = 2
            let (_, first) = try await server.open()
            _ = try await server.open()
            let refused = try await server.connect()
            refused.send(upgradeRequest())
            try await until("the refusal") { refused.head.hasPrefix("HTTP/1.1 503 ") }
            try await refused.finish()
            first.socket.destroy()
            await turns()
            let (third, _) = try await server.open()
            #expect(third.readyState == .open)
        }
    }
}

@Suite("A request that opens no WebSocket is answered, and its connection ended")
struct RefusalTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: String
        let status: String

        init(_ description: String, _ request: String, _ status: String) {
            (testDescription, self.request, self.status) = (description, request, status)
        }
    }

    static let refusals = [
        Refusal("no key", request(without: "Sec-WebSocket-Key"), "400 Bad Request"),
        Refusal("a key of 15 bytes", upgradeRequest(key: "AAAAAAAAAAAAAAAAAAAA"), "400 Bad Request"),
        Refusal("a key that is no base64", upgradeRequest(key: "AAAAAAAAAAAAAAAAAAAAA!=="), "400 Bad Request"),
        Refusal("two keys", upgradeRequest("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), "400 Bad Request"),
        Refusal("subprotocols that are no tokens", upgradeRequest("Sec-WebSocket-Protocol: a b"), "400 Bad Request"),
        Refusal("no version", request(without: "Sec-WebSocket-Version"), "426 Upgrade Required"),
        Refusal("version 8", upgradeRequest(version: "8"), "426 Upgrade Required"),
        Refusal("version 14", upgradeRequest(version: "14"), "426 Upgrade Required"),
        Refusal("POST", "POST" + upgradeRequest().dropFirst(3), "405 Method Not Allowed"),
    ]

    private static func request(without name: String) -> String {
        let lines = upgradeRequest().split(separator: "\r\n", omittingEmptySubsequences: false)
        return lines.filter { !$0.hasPrefix(name) }.joined(separator: "\r\n")
    }

    @Test("The status says why, 426 with the version that is spoken", arguments: refusals)
    func status(refusal: Refusal) async {
        await withServer { server in
            let peer = try await server.connect()
            peer.send(refusal.request)
            try await peer.finish()
            #expect(peer.head.hasPrefix("HTTP/1.1 \(refusal.status)\r\n"))
            #expect(peer.head.contains("\r\nSec-WebSocket-Version: 13\r\n"))
            #expect(peer.head.contains("\r\nContent-Length: \(peer.rest.utf8.count)"))
            #expect(peer.ending == "end" && server.lastOpened == nil)
        }
    }

    @Test("426 says what to upgrade to, 405 which method is allowed (RFC 9110 sections 15.5.22 and 15.5.6)")
    func whatInstead() async {
        await withServer { server in
            for (request, line) in [
                (upgradeRequest(version: "8"), "Upgrade: websocket"),
                ("POST" + upgradeRequest().dropFirst(3), "Allow: GET"),
            ] {
                let peer = try await server.connect()
                peer.send(request)
                try await peer.finish()
                #expect(peer.head.contains("\r\n\(line)\r\n"), "\(peer.head)")
            }
        }
    }

    @Test(
        "Requests that ask for no WebSocket stay requests",
        arguments: [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        ])
    func notAsked(request: String) async {
        await withServer { server in
            let peer = try await server.connect()
            peer.send(request)
            try await until("the answer") { peer.rest == "HTTP: /" }
            #expect(peer.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test("A client that was refused and stays is not kept for longer than 2 s")
    func lingering() async {
        let clock = ManualClock()
        await withServer(clock) { server in
            let peer = try await server.connect()
            peer.send(upgradeRequest(version: "8"))
            try await until("the refusal") { peer.ending == "end" }
            clock.advance(by: .milliseconds(1_999))
            await turns()
            peer.send("is anybody there?")
            await turns()
            #expect(peer.ending == "end")
            clock.advance(by: .milliseconds(1))
            await turns()
            // No socket is there any more: the system answers with a reset.
            try await until("the reset") {
                peer.send("and now?")
                return peer.ending == "reset"
            }
        }
    }

    @Test("A client that is gone before its request is answered opens nothing", arguments: [false, true])
    func goneBefore(isReset: Bool) async {
        await withServer { server in
            var upgrade: (() -> Void)?
            server.http.onUpgrade = { [unowned server] request, socket, head in
                upgrade = { server.upgrader.upgrade(request, socket, head) }
            }
            let peer = try await server.connect()
            peer.send(upgradeRequest())
            try await until("the request") { upgrade != nil }
            if isReset { peer.socket.destroy() } else { peer.socket.end() }
            await turns()
            upgrade?()
            #expect(server.lastOpened == nil)
            upgrade = nil
            await turns()
        }
    }

    @Test("An upgrade may be answered later, and what came meanwhile is read then")
    func answeredLater() async {
        await withServer { server in
            let log = Log()
            server.onOpen = { socket, _ in socket.onMessage = { log($0.text) } }
            server.http.onUpgrade = { [unowned server] request, socket, head in
                let loop = server.loop
                loop.spawn {
                    await turns()
                    server.upgrader.upgrade(request, socket, head)
                }
            }
            let peer = try await server.connect()
            peer.socket.write(Array(upgradeRequest().utf8) + WireFrame.text("with the request").masked().bytes)
            await turns(3)
            peer.send(WireFrame.text("behind it").masked())
            try await until("both messages") { log.lines == ["with the request", "behind it"] }
        }
    }
}
