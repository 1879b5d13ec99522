import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("A WebSocket that has closed is freed, with all that its closures hold")
struct WebSocketMemoryTests {
    /// How a connection can end.
    enum Ending: CaseIterable {
        case peerCloses, weClose, timeOut, peerEnds, reset, terminate, protocolError, slowConsumer, openingThrows
    }

    private final class Token {}

    @Test("However it ended", arguments: Ending.allCases)
    func freed(ending: Ending) async {
        let clock = ManualClock()
        let log = Log()
        await withServer(clock, heartbeat: .seconds(30)) { server in
            server.loop.onUncaughtError = { log("\($0)") }
            weak var token: Token?
            server.onOpen = { [unowned server] socket, _ in
                let held = Token()
                token = held
                try server.hub.join(socket, "news")
                socket.onMessage = { message in socket.send("\(message.text) \(held)") }
                socket.onPing = { _ in socket.send("\(held)") }
                socket.onPong = { _ in socket.send("\(held)") }
                socket.onDrain = { socket.send("\(held)") }
                socket.onClose = { _, _ in log("\(socket.readyState) \(held)") }
                if ending == .openingThrows { throw Thrown("no") }
            }
            let (_, peer) = try await server.open()
            #expect(token != nil && server.lastOpened != nil)
            peer.send(.text("hello").masked(), .ping().masked())
            await turns()
            try await end(ending, server, peer, clock)
            try await until("the end of \(ending)") { server.lastOpened == nil && token == nil }
            #expect(server.hub.members.isEmpty && server.hub.roomSizes.isEmpty)
        }
        #expect(log.lines.count == (ending == .openingThrows ? 2 : 1))
    }

    @LoopActor
    private func end(_ ending: Ending, _ server: TestServer, _ peer: RawPeer, _ clock: ManualClock) async throws {
        switch ending {
        case .peerCloses:
            peer.send(.close(1000).masked())
            try await peer.finish()
        case .weClose, .openingThrows:
            server.lastOpened?.close()
            peer.send(.close(1000).masked())
            try await peer.finish()
        case .timeOut:
            server.lastOpened?.close()
            await turns()
            clock.advance(by: .seconds(5))
        case .peerEnds:
            peer.socket.end()
        case .reset:
            peer.socket.pause()
            server.lastOpened?.send("unread")
            await turns()
            peer.socket.destroy()
        case .terminate:
            server.lastOpened?.terminate()
        case .protocolError:
            peer.send(.text("no mask"))
            try await peer.finish()
        case .slowConsumer:
            peer.stopReading()
            while server.lastOpened?.readyState == .open {
                server.hub.broadcast(WebSocketMessage(json: [UInt8](repeating: 0x20, count: 1 << 20)), to: "news")
                await turns(2)
            }
            clock.advance(by: .seconds(5))
        }
    }

    @Test("A hub is freed behind its last member, although its heart has beaten")
    func hub() async {
        let clock = ManualClock()
        await withServer(clock) { server in
            weak var hub: WebSocketHub?
            server.onOpen = { socket, _ in
                let held = WebSocketHub(heartbeat: .seconds(30))
                hub = held
                try held.join(socket, "news")
                held.broadcast("welcome", to: "news")
            }
            let (_, peer) = try await server.open()
            clock.advance(by: .seconds(31))
            await turns()
            #expect(peer.frames == [.text("welcome"), .ping()])
            #expect(hub != nil)
            peer.socket.destroy()
            try await until("the hub's end") { hub == nil }
        }
    }
}
