import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("terminate ends everything but onClose")
struct TerminateTests {
    /// In which callback the connection is ended.
    enum Place: CaseIterable {
        case opening, message, ping, pong, drain
    }

    @Test("From inside any callback: nothing is called but onClose, once, with 1006", arguments: Place.allCases)
    func inside(place: Place) async {
        await withServer { server in
            let log = Log()
            server.onOpen = { [unowned server] socket, _ in
                server.hub.add(socket)
                let end = { [unowned socket] (here: Place) in
                    log("\(here)")
                    if here == place { socket.terminate() }
                }
                socket.onMessage = { _ in end(.message) }
                socket.onPing = { _ in end(.ping) }
                socket.onPong = { _ in end(.pong) }
                socket.onDrain = { end(.drain) }
                socket.onClose = { code, _ in log("closed \(code.rawValue)") }
                if place == .opening { end(.opening) }
                if place == .drain { socket.send([UInt8](repeating: 0, count: 100_000)) }
            }
            let frames: [WireFrame] =
                switch place {
                case .opening: [.text("a")]
                case .drain: []
                case .message: [.text("a"), .text("b"), .ping(), .pong(), .close(1000)]
                case .ping: [.ping(), .ping(), .text("a"), .pong(), .close(1000)]
                case .pong: [.pong(), .pong(), .text("a"), .ping(), .close(1000)]
                }
            let peer = try await server.connect()
            peer.send(upgradeRequest())
            peer.socket.write(frames.flatMap { $0.masked().bytes })
            try await until("onClose") { log.lines.contains { $0.hasPrefix("closed") } }
            await turns()
            #expect(log.lines == ["\(place)", "closed 1006"])
            #expect(server.hub.members.isEmpty)
            try await until("the end") { peer.ending != nil }
        }
    }

    @Test(
        "In one packet with more frames nothing of them is heard, and it stays closed",
        arguments: [
            WireFrame.text("b"), .ping("b"), .pong("b"), .close(1000, "b"), .emptyClose,
            WireFrame(opcode: 3, payload: []),
        ])
    func withMoreFrames(next: WireFrame) async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await server.open()
            socket.onMessage = { [unowned socket] _ in
                log("message")
                socket.terminate()
            }
            socket.onPing = { _ in log("ping") }
            socket.onPong = { _ in log("pong") }
            socket.onClose = { code, _ in log("closed \(code.rawValue)") }
            peer.send(.text("a").masked(), next.masked())
            try await until("a message") { !log.lines.isEmpty }
            #expect(socket.readyState == .closed)
            try await until("onClose") { log.lines.count == 2 }
            #expect(log.lines == ["message", "closed 1006"])
            #expect(socket.readyState == .closed)
        }
    }

    @Test("What was collected and has not left is dropped, and waits no more")
    func collected() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            try server.hub.join(socket, "news")
            server.hub.broadcast("news", to: "news")
            socket.terminate()
            try await until("the end") { server.hub.members.isEmpty }
            #expect(socket.bufferedAmount == 0 && peer.frames.isEmpty)
        }
    }

    @Test("Twice, or after the close, it is silent")
    func twice() async {
        await withServer { server in
            let log = Log()
            let (socket, _) = try await server.open()
            socket.onClose = { [unowned socket] _, _ in
                log("closed")
                socket.terminate()
                socket.close()
            }
            socket.terminate()
            socket.terminate()
            socket.close()
            try await until("onClose") { !log.lines.isEmpty }
            await turns()
            #expect(log.lines == ["closed"])
        }
    }
}
