import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("A client that offers compression")
struct DeflatedClientTests {
    private static let text = String(repeating: "Grüße an alle, ", count: 100)

    @LoopActor
    private final class Attempt {
        private var outcome: Result<WebSocket, WebSocketClient.Failure>?

        init(_ server: RawServer, _ deflate: PerMessageDeflate?) throws {
            WebSocketClient.connect(to: try server.url, deflate: deflate) { [self] in outcome = $0 }
        }

        func result() async throws -> Result<WebSocket, WebSocketClient.Failure>? {
            try await until("the outcome") { outcome != nil }
            return outcome
        }
    }

    @Test("It offers what it is told to, and nothing without", arguments: [true, false])
    func offer(isTold: Bool) async {
        await withRawServer { server in
            let attempt = try Attempt(server, isTold ? PerMessageDeflate() : nil)
            let peer = try await server.request()
            let offer = "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"
            #expect(peer.field("Sec-WebSocket-Extensions") == (isTold ? offer : nil))
            peer.send(try peer.acceptance())
            let socket = try #require(try await attempt.result()).get()
            #expect(!socket.isDeflating, "a server may decline")
            socket.terminate()
        }
    }

    @Test(
        "It compresses as it was answered, masked, and hears what is compressed",
        arguments: ["", "; client_no_context_takeover"])
    func agreed(parameter: String) async {
        await withRawServer { server in
            let attempt = try Attempt(server, PerMessageDeflate())
            let peer = try await server.request()
            let field = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\(parameter)"
            peer.send(try peer.acceptance(field))
            peer.becomeServer()
            let socket = try #require(try await attempt.result()).get()
            #expect(socket.isDeflating)
            let log = Log()
            socket.onMessage = { log($0.text) }
            let packer = try Packer(windowBits: 10)
            peer.send(
                .packed(1, packer.pack(Array(Self.text.utf8))), .packed(1, packer.pack(Array(Self.text.utf8))),
                .text("plain"))
            try await until("the messages") { log.lines.count == 3 }
            #expect(log.lines == [Self.text, Self.text, "plain"])
            let unpacker = try Unpacker(windowBits: 12)
            var sizes: [Int] = []
            for _ in 0..<2 {
                socket.send(Self.text)
                let frame = try await peer.frame()
                #expect(frame.opcode == 0x41 && frame.key != nil)
                #expect(try unpacker.unpack(frame.payload) == Array(Self.text.utf8))
                sizes.append(frame.payload.count)
            }
            #expect((sizes[1] < sizes[0]) == parameter.isEmpty)
            socket.terminate()
        }
    }

    @Test(
        "An answer that does not fit what it has offered opens no WebSocket",
        arguments: [
            (true, "permessage-deflate"), (true, "permessage-deflate; server_max_window_bits=13"),
            (true, "permessage-deflate; server_max_window_bits=12, permessage-deflate"), (true, "other"), (true, ""),
            (false, "permessage-deflate"),
        ])
    func refused(isOffered: Bool, answer: String) async {
        await withRawServer { server in
            let attempt = try Attempt(server, isOffered ? PerMessageDeflate() : nil)
            let peer = try await server.request()
            peer.send(try peer.acceptance("Sec-WebSocket-Extensions: \(answer)"))
            let error = isOffered ? Handshake.AnswerError.wrongDeflate : .unexpectedExtension
            guard case .failure(let failure)? = try await attempt.result() else {
                Issue.record("opened")
                return
            }
            #expect(failure == .invalidAnswer(error.message))
        }
    }

    @Test("A client that was opened for a hub gets broadcasts as they are, and its own messages compressed")
    func hub() async {
        await withRawServer { server in
            let attempt = try Attempt(server, PerMessageDeflate())
            let peer = try await server.request()
            peer.send(try peer.acceptance("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=12"))
            peer.becomeServer()
            let socket = try #require(try await attempt.result()).get()
            let hub = WebSocketHub(heartbeat: .zero)
            hub.add(socket)
            hub.broadcast(Self.text, to: .all)
            socket.send(Self.text)
            try await until("both") { peer.frames.count == 2 }
            #expect(peer.frames[0].unmasked == .text(Self.text) && peer.frames[1].opcode == 0x41)
            #expect(try Unpacker(windowBits: 12).unpack(peer.frames[1].payload) == Array(Self.text.utf8))
            socket.terminate()
        }
    }
}
