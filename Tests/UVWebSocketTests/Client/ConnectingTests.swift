import HTTPTypes
import LoopTesting
import Testing
import UVCore
import UVWebSocket

/// RFC 6455 section 4.1.
@Suite("A client connects, and opens a WebSocket only by the right answer")
struct ConnectingTests {
    typealias Outcome = Result<WebSocket, WebSocketClient.Failure>

    /// Begins to connect, and keeps what comes of it.
    @LoopActor
    private final class Attempt {
        private(set) var outcomes: [Outcome] = []

        init(_ server: RawServer, subprotocols: [String] = [], fields: HTTPFields = [:]) throws {
            WebSocketClient.connect(to: try server.url, fields: fields, subprotocols: subprotocols) { [self] in
                outcomes.append($0)
            }
        }

        func socket() async throws -> WebSocket {
            try await until("the WebSocket") { !outcomes.isEmpty }
            return try outcomes[0].get()
        }

        func failure() async throws -> WebSocketClient.Failure? {
            try await until("the failure") { !outcomes.isEmpty }
            await turns()
            #expect(outcomes.count == 1)
            if case .failure(let failure) = outcomes[0] { return failure }
            return nil
        }
    }

    @Test("The request is the one that the RFC asks for, with a fresh key of 16 bytes each time")
    func request() async {
        await withRawServer { server in
            var keys: Set<String> = []
            for _ in 0..<3 {
                let attempt = try Attempt(server, subprotocols: ["a", "b"], fields: [.authorization: "Bearer t"])
                try await until("the connection") { server.connections.count == keys.count + 1 }
                let peer = try await server.request()
                let port = try server.url.port
                let key = peer.field("Sec-WebSocket-Key") ?? ""
                #expect(Handshake.isValidKey(key))
                #expect(
                    peer.head == """
                        GET /path?query HTTP/1.1\r
                        Host: 127.0.0.1:\(port)\r
                        Upgrade: websocket\r
                        Connection: Upgrade\r
                        Sec-WebSocket-Key: \(key)\r
                        Sec-WebSocket-Version: 13\r
                        Sec-WebSocket-Protocol: a, b\r
                        Authorization: Bearer t
                        """)
                keys.insert(key)
                peer.socket.destroy()
                _ = try await attempt.failure()
            }
            #expect(keys.count == 3)
        }
    }

    @Test("Frames that come in one packet with the answer, or cut anywhere, are read", arguments: [0, 1, 5, 20, 100])
    func framesWithTheAnswer(kept: Int) async {
        await withRawServer { server in
            let log = Log()
            WebSocketClient.connect(to: try server.url) { result in
                let socket = try result.get()
                socket.onMessage = { log($0.text) }
            }
            let peer = try await server.request()
            let bytes =
                Array(try peer.acceptance().utf8) + WireFrame.text("first").bytes + WireFrame.text("second").bytes
            peer.socket.setNoDelay()
            peer.socket.write(Array(bytes.dropLast(kept)))
            await turns()
            peer.socket.write(Array(bytes.suffix(kept)))
            try await until("both messages") { log.lines == ["first", "second"] }
        }
    }

    @Test("The subprotocol is the one that the server chose of those offered, or none", arguments: ["a", "b", nil])
    func subprotocol(chosen: String?) async {
        await withRawServer { server in
            let attempt = try Attempt(server, subprotocols: ["a", "b"])
            let peer = try await server.request()
            if let chosen {
                peer.send(try peer.acceptance("Sec-WebSocket-Protocol: \(chosen)"))
            } else {
                peer.send(try peer.acceptance())
            }
            #expect(try await attempt.socket().subprotocol == chosen)
        }
    }

    /// An answer, and the failure that it is.
    struct Answer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let failure: WebSocketClient.Failure?
        let text: @Sendable (String) -> String

        init(_ description: String, _ failure: WebSocketClient.Failure?, _ text: @escaping @Sendable (String) -> String)
        {
            (testDescription, self.failure, self.text) = (description, failure, text)
        }
    }

    static let answers = [
        Answer("200", .refused(status: 200)) { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
        Answer("401", .refused(status: 401)) { _ in "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno" },
        Answer("302", .refused(status: 302)) { _ in "HTTP/1.1 302 Found\r\nLocation: ws://x/\r\n\r\n" },
        Answer("a wrong accept", .invalidAnswer("The server's Sec-WebSocket-Accept does not fit the key")) {
            $0.replacing("Accept: ", with: "Accept: A")
        },
        Answer("the accept in another case", .invalidAnswer("The server's Sec-WebSocket-Accept does not fit the key")) {
            $0.split(separator: "Accept: ").joined(separator: "Accept: x")
        },
        Answer("no accept", .invalidAnswer("The server's Sec-WebSocket-Accept does not fit the key")) {
            $0.replacing("Sec-WebSocket-Accept", with: "Sec-WebSocket-Expect")
        },
        Answer("no Upgrade", nil) { $0.replacing("Upgrade: websocket\r\n", with: "") },
        Answer("another Upgrade", nil) { $0.replacing("Upgrade: websocket", with: "Upgrade: h2c") },
        Answer("no Connection", nil) { $0.replacing("Connection: Upgrade\r\n", with: "") },
        Answer("an extension", .invalidAnswer("The server uses an extension that was not offered")) {
            $0.dropLast() + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
        },
        Answer("a subprotocol not offered", .invalidAnswer("The server chose a subprotocol that was not offered")) {
            $0.dropLast() + "Sec-WebSocket-Protocol: c\r\n\r\n"
        },
        Answer("two subprotocols", .invalidAnswer("The server chose a subprotocol that was not offered")) {
            $0.dropLast() + "Sec-WebSocket-Protocol: a, b\r\n\r\n"
        },
        Answer("no HTTP", nil) { _ in "SSH-2.0-OpenSSH_9.2\r\n" },
        Answer("a head over 16 KiB", nil) { $0.dropLast() + "X: " + String(repeating: "x", count: 16_384) },
        Answer("101 fields", nil) { $0.dropLast() + String(repeating: "X: y\r\n", count: 98) + "\r\n" },
    ]

    @Test("Any other answer opens nothing, is told once, and ends the connection", arguments: answers)
    func refused(answer: Answer) async {
        await withRawServer { server in
            let attempt = try Attempt(server, subprotocols: ["a", "b"])
            let peer = try await server.request()
            peer.send(answer.text(try peer.acceptance()))
            let failure = try await attempt.failure()
            if let expected = answer.failure {
                #expect(failure == expected)
            } else {
                guard case .invalidAnswer = failure else { throw Thrown("not an invalid answer") }
            }
            try await until("the end") { peer.ending != nil }
        }
    }

    @Test(
        "A server that ends or breaks the connection before its answer is complete is a failure", arguments: [0, 1, 60])
    func ended(length: Int) async {
        await withRawServer { server in
            let attempt = try Attempt(server)
            let peer = try await server.request()
            peer.socket.end(String(try peer.acceptance().prefix(length)))
            #expect(try await attempt.failure() == .noAnswer)
        }
        await withRawServer { server in
            let attempt = try Attempt(server)
            let peer = try await server.request()
            peer.socket.destroy()
            _ = try await attempt.failure()
        }
    }

    @Test("Nobody listens: the system's error")
    func nobody() async {
        await withRawServer { server in
            let url = try server.url
            server.stop()
            await turns()
            let log = Log()
            WebSocketClient.connect(to: url) { result in
                guard case .failure(.connection(let error)) = result else { return log("\(result)") }
                log(error.name)
            }
            try await until("the failure") { !log.lines.isEmpty }
            #expect(log.lines == ["ECONNREFUSED"])
        }
    }

    @Test("localhost is tried on each of its addresses, whichever the server listens on")
    func localhost() async {
        await onLoop { _ in
            for host in Set(try await DNS.lookup("localhost").map(\.host)) {
                let server = TestServer(heartbeat: .zero)
                try await server.listen(host: host)
                guard let url = WebSocketURL("ws://localhost:\(server.port)/") else { throw Thrown("no URL") }
                let socket = try await WebSocketClient.connect(to: url)
                #expect(socket.remoteAddress?.host == host)
                socket.terminate()
                server.stop()
            }
        }
    }

    @Test("No answer within 10 s is a failure, at 9.999 s it is none; a byte now and then does not help")
    func timeOut() async {
        let clock = ManualClock()
        await withRawServer(clock) { server in
            let attempt = try Attempt(server)
            let peer = try await server.request()
            for byte in "HTTP/1.1" {
                peer.send(String(byte))
                clock.advance(by: .seconds(1))
                await turns()
            }
            clock.advance(by: .milliseconds(1_999))
            await turns()
            #expect(attempt.outcomes.isEmpty)
            clock.advance(by: .milliseconds(1))
            #expect(try await attempt.failure() == .noAnswer)
            try await until("the end") { peer.ending != nil }
        }
    }

    @Test("Whatever came of it, nothing of the attempt is kept", arguments: [true, false])
    func memory(opens: Bool) async {
        final class Token {}
        await withRawServer { server in
            weak var token: Token?
            weak var opened: WebSocket?
            let begin = { @LoopActor in
                let held = Token()
                token = held
                WebSocketClient.connect(to: try server.url) { result in
                    opened = try? result.get()
                    opened?.onMessage = { _ in _ = held }
                    _ = held
                }
            }
            try begin()
            let peer = try await server.request()
            #expect(token != nil)
            peer.send(opens ? try peer.acceptance() : "HTTP/1.1 404 Not Found\r\n\r\n")
            await turns()
            #expect((opened != nil) == opens)
            peer.socket.destroy()
            try await until("the end") { token == nil && opened == nil }
        }
    }
}
