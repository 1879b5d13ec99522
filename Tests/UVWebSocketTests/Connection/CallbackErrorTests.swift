import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("What a callback throws ends its WebSocket with 1011, and nothing else")
struct CallbackErrorTests {
    enum Place: CaseIterable {
        case opening, message, ping, pong, drain
    }

    /// Makes the callback at `place` throw.
    @LoopActor
    private func fail(at place: Place, _ socket: WebSocket) throws {
        let check = { (here: Place) in if here == place { throw Thrown("at \(here)") } }
        socket.onMessage = { _ in try check(.message) }
        socket.onPing = { _ in try check(.ping) }
        socket.onPong = { _ in try check(.pong) }
        socket.onDrain = { try check(.drain) }
        try check(.opening)
    }

    @LoopActor
    private func provoke(_ place: Place, _ socket: WebSocket, _ peer: RawPeer) {
        switch place {
        case .opening: break
        case .message: peer.send(.text("m").masked())
        case .ping: peer.send(.ping().masked())
        case .pong: peer.send(.pong().masked())
        case .drain: socket.send([UInt8](repeating: 0, count: 100_000))
        }
    }

    @Test("With onError it hears the error, and nothing is uncaught", arguments: Place.allCases)
    func heard(place: Place) async {
        await withServer { server in
            let log = Log()
            server.loop.onUncaughtError = { log("uncaught \($0)") }
            server.onOpen = { [unowned server] socket, _ in
                server.hub.add(socket)
                socket.onError = { [unowned socket] in log("\($0) \(socket.readyState)") }
                try fail(at: place, socket)
            }
            let (socket, peer) = try await server.open()
            let (other, otherPeer) = try await server.open()
            _ = other
            provoke(place, socket, peer)
            try await until("the close frame") { peer.frames.last == .close(1011) }
            if place == .opening { otherPeer.socket.destroy() }
            #expect(log.lines.first == "at \(place) closing")
            #expect(log.lines.count == (place == .opening ? 2 : 1))
            if place != .opening { #expect(otherPeer.frames.isEmpty && otherPeer.ending == nil) }
        }
    }

    @Test("Without onError it goes to onUncaughtError, and the program goes on", arguments: Place.allCases)
    func uncaught(place: Place) async {
        await withServer { server in
            let log = Log()
            server.loop.onUncaughtError = { log("\($0)") }
            server.onOpen = { socket, _ in try fail(at: place, socket) }
            let (socket, peer) = try await server.open()
            provoke(place, socket, peer)
            try await until("the close frame") { peer.frames.last == .close(1011) }
            #expect(log.lines == ["at \(place)"])
        }
    }

    @Test("Without either the program goes on all the same: standard error has it", arguments: Place.allCases)
    func unheard(place: Place) async {
        await withServer { server in
            server.onOpen = { socket, _ in try fail(at: place, socket) }
            let (socket, peer) = try await server.open()
            provoke(place, socket, peer)
            try await until("the close frame") { peer.frames.last == .close(1011) }
        }
    }

    @Test("What onError and onClose throw is reported too")
    func inTheEnd() async {
        await withServer { server in
            let log = Log()
            server.loop.onUncaughtError = { log("uncaught \($0)") }
            let (socket, peer) = try await server.open()
            socket.onMessage = { _ in throw Thrown("first") }
            socket.onError = { throw Thrown("behind \($0)") }
            socket.onClose = { _, _ in throw Thrown("last") }
            peer.send(.text("m").masked(), .text("not delivered").masked())
            peer.send(.close(1011).masked())
            try await peer.finish()
            try await until("both") { log.lines.count == 2 }
            #expect(log.lines == ["uncaught behind first", "uncaught behind last"])
        }
    }

    @Test("A throw at the end of a hub's shutdown ends nothing", arguments: [0, 2])
    func shutdown(members: Int) async {
        await withServer { server in
            let log = Log()
            server.loop.onUncaughtError = { log("\($0)") }
            for _ in 0..<members {
                let (socket, peer) = try await server.open()
                server.hub.add(socket)
                peer.socket.onEnd = { [unowned peer] in peer.socket.end() }
                peer.send(.close(1001).masked())
            }
            server.hub.shutdown { throw Thrown("done") }
            try await until("the end") { log.lines == ["done"] }
        }
    }

    @Test("A client's `done` that throws: the WebSocket is closed with 1011, a failure is only reported")
    func client() async {
        await withRawServer { server in
            let log = Log()
            EventLoop.current.onUncaughtError = { log("\($0)") }
            WebSocketClient.connect(to: try server.url) { _ in throw Thrown("opened") }
            let peer = try await server.request()
            peer.becomeServer()
            peer.send(try peer.acceptance())
            try await until("the close frame") { peer.frames.last?.closeCode == 1011 }
            peer.send(.close(1011))
            peer.socket.end()
            WebSocketClient.connect(to: try server.url) { _ in throw Thrown("failed") }
            try await until("the second") { server.connections.count == 2 }
            server.connections[1].socket.destroy()
            try await until("both") { log.lines == ["opened", "failed"] }
        }
    }
}
