import LoopTesting
import Testing
import UVCore
import UVHTTP
import UVWebSocket

/// A server that compresses, as `options` have it.
func withDeflatingServer(
    _ options: PerMessageDeflate = PerMessageDeflate(), limits: WebSocketLimits = WebSocketLimits(),
    _ body: @escaping @LoopActor (TestServer) async throws -> Void
) async {
    await withServer(limits: limits) { server in
        server.upgrader.deflate = options
        try await body(server)
    }
}

/// The request of a client that offers the extension.
func deflateRequest(_ parameters: String = "") -> String {
    upgradeRequest("Sec-WebSocket-Extensions: permessage-deflate\(parameters)")
}

extension WireFrame {
    /// A data frame with RSV1.
    static func packed(_ opcode: UInt8, _ payload: [UInt8]) -> WireFrame {
        WireFrame(opcode: opcode | 0x40, payload: payload)
    }
}

@Suite("A server that compresses")
struct DeflatedSendingTests {
    private static let text = String(repeating: "Grüße an alle, ", count: 100)

    @Test("It says so to a client that offers it, and to no other; one that does not compress says nothing")
    func handshake() async {
        await withDeflatingServer { server in
            let (socket, peer) = try await server.open(deflateRequest("; client_max_window_bits"))
            let field =
                "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"
            #expect(peer.head.contains("\r\n\(field)") && socket.isDeflating)
            let (plain, plainPeer) = try await server.open()
            #expect(!plainPeer.head.contains("Extensions") && !plain.isDeflating)
            let (odd, oddPeer) = try await server.open(deflateRequest("; server_max_window_bits=7"))
            #expect(!oddPeer.head.contains("Extensions") && !odd.isDeflating)
            let two = upgradeRequest(
                "Sec-WebSocket-Extensions: other", "Sec-WebSocket-Extensions: permessage-deflate; x, permessage-deflate"
            )
            let (_, twoPeer) = try await server.open(two)
            #expect(
                twoPeer.head.contains("\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=12"))
            server.upgrader.deflate = nil
            let (off, offPeer) = try await server.open(deflateRequest())
            #expect(!offPeer.head.contains("Extensions") && !off.isDeflating)
        }
    }

    @Test("A route's WebSockets compress when it is told so")
    func route() async {
        await onLoop { _ in
            let router = Router()
            router.webSocket("/", deflate: PerMessageDeflate()) { socket, _ in socket.send(Self.text) }
            let server = HTTPServer(router)
            server.listen(port: 0)
            try await until("the port") { server.address != nil }
            let peer = RawPeer(Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1"))
            peer.send(deflateRequest())
            #expect(try Unpacker().unpack(try await peer.frame().payload) == Array(Self.text.utf8))
            peer.socket.destroy()
            server.close()
        }
    }

    @Test(
        "Messages from the threshold on are compressed, and those beyond the longest are not", arguments: [0, 1, 100])
    func threshold(size: Int) async {
        var options = PerMessageDeflate()
        (options.threshold, options.longest) = (size, size + 1)
        await withDeflatingServer(options) { server in
            let (socket, peer) = try await server.open(deflateRequest())
            for count in max(size - 1, 0)...size + 2 {
                socket.send(String(repeating: "a", count: count))
                let frame = try await peer.frame()
                let isPacked = (size...size + 1).contains(count)
                #expect(frame.opcode == (isPacked ? 0x41 : 1))
                if !isPacked { #expect(frame.payload.count == count) }
            }
            socket.ping([UInt8](repeating: 65, count: 100))
            #expect(try await peer.frame() == .ping(String(repeating: "A", count: 100)))
        }
    }

    @Test("A message may refer to those before it, unless the client does not want that")
    func context() async {
        for (parameters, isShorter) in [("", true), ("; server_no_context_takeover", false)] {
            await withDeflatingServer { server in
                let (socket, peer) = try await server.open(deflateRequest(parameters))
                #expect(peer.head.contains("server_no_context_takeover") == !isShorter)
                for _ in 0..<3 { socket.send(Self.text) }
                let unpacker = try Unpacker(windowBits: 12)
                var sizes: [Int] = []
                for _ in 0..<3 {
                    let frame = try await peer.frame()
                    sizes.append(frame.payload.count)
                    #expect(try unpacker.unpack(frame.payload) == Array(Self.text.utf8))
                }
                #expect((sizes[1] < sizes[0]) == isShorter && sizes[2] <= sizes[1])
            }
        }
    }

    @Test("It looks back no further than was agreed on", arguments: [8, 9, 12, 15])
    func window(bits: Int) async {
        var options = PerMessageDeflate()
        (options.sending.windowBits, options.memoryLevel) = (15, 9)
        await withDeflatingServer(options) { server in
            let (socket, peer) = try await server.open(deflateRequest("; server_max_window_bits=\(bits)"))
            // What comes again within the window, and what comes again right behind it.
            let near = repeating(after: 200, count: 5_000)
            let far = repeating(after: (1 << bits) + 20, count: 4 << bits)
            let unpacker = try Unpacker(windowBits: bits)
            for message in [near, far] {
                socket.send(message)
                let frame = try await peer.frame()
                #expect(frame.opcode == 0x42 && (frame.payload.count < message.count / 2) == (message == near))
                #expect(try unpacker.unpack(frame.payload) == message)
            }
        }
    }

    @Test("It hears compressed messages and plain ones, and answers as it is told to")
    func receiving() async {
        await withDeflatingServer { server in
            let (socket, peer) = try await server.open(deflateRequest())
            socket.onMessage = { socket.send("\($0.kind) \($0.text)") }
            let packer = try Packer()
            peer.send(
                WireFrame.packed(1, packer.pack(Array("hello".utf8))).masked(), .text("plain").masked(),
                WireFrame.packed(2, packer.pack(Array("hello".utf8))).masked())
            for text in ["text hello", "text plain", "binary hello"] { #expect(try await peer.frame() == .text(text)) }
        }
    }

    @Test(
        "What cannot be inflated is closed with 1007, what becomes too big with 1009, RSV1 that was not agreed on with 1002"
    )
    func failures() async throws {
        var limits = WebSocketLimits()
        limits.message = 1_000
        let tooBig = try Packer().pack([UInt8](repeating: 0, count: 1_001))
        let rows: [([UInt8], String, Int)] = [
            ([7, 0], deflateRequest(), 1007), (try Packer().pack([0xFF]), deflateRequest(), 1007),
            (tooBig, deflateRequest(), 1009), ([0], upgradeRequest(), 1002),
        ]
        for (payload, request, code) in rows {
            await withDeflatingServer(limits: limits) { server in
                let (socket, peer) = try await server.open(request)
                socket.onMessage = { _ in Issue.record("heard") }
                peer.send(WireFrame.packed(1, payload).masked())
                #expect(try await peer.frame().closeCode == code)
                try await peer.finish()
            }
        }
    }

    @Test("A long message is inflated in several turns, and others are heard in between; what stands behind it waits")
    func turns() async throws {
        var limits = WebSocketLimits()
        limits.message = 64 << 20
        let bomb = try Packer().pack([UInt8](repeating: 0, count: 64 << 20))
        await withDeflatingServer(limits: limits) { server in
            let (crowd, loud) = try await server.open(deflateRequest())
            let (single, quiet) = try await server.open()
            let log = Log()
            crowd.onMessage = { log("\($0.bytes.count)") }
            single.onMessage = { log($0.text) }
            loud.send(WireFrame.packed(2, bomb).masked(), .text("last").masked())
            quiet.send(WireFrame.text("here").masked())
            try await until("all") { log.lines.count == 3 }
            #expect(log.lines == ["here", "\(64 << 20)", "4"])
        }
    }
}
