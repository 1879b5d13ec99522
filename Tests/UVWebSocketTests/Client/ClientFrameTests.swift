import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("A client's frames are masked, its rules are the client's")
struct ClientFrameTests {
    /// A client's WebSocket and the bare server behind it.
    private func withClient(
        _ clock: ManualClock? = nil, _ body: @escaping @LoopActor (WebSocket, RawPeer) async throws -> Void
    ) async {
        await withRawServer(clock) { server in
            var socket: WebSocket?
            WebSocketClient.connect(to: try server.url) { socket = try $0.get() }
            let peer = try await server.request()
            peer.socket.setNoDelay()
            peer.becomeServer()
            peer.send(try peer.acceptance())
            try await until("the WebSocket") { socket != nil }
            guard let socket else { return }
            try await body(socket, peer)
            socket.terminate()
        }
    }

    @Test("Every frame has a key of its own, which nobody could have known")
    func keys() async {
        await withClient { socket, peer in
            for _ in 0..<100 { socket.send("hello") }
            socket.send([UInt8](repeating: 0, count: 70_000))
            socket.ping()
            socket.close(.normal, reason: "done")
            try await until("all") { peer.frames.count == 103 }
            #expect(peer.frames[0].unmasked == .text("hello"))
            #expect(peer.frames[100].unmasked == .binary([UInt8](repeating: 0, count: 70_000)))
            #expect(peer.frames[101].unmasked == .ping())
            #expect(peer.frames[102].unmasked == .close(1000, "done"))
            let keys = Set(peer.frames.compactMap(\.key))
            #expect(keys.count == 103, "a key comes twice by chance in one run of 800,000")
        }
    }

    @Test("A ping is answered, masked, with its bytes")
    func pong() async {
        await withClient { socket, peer in
            let log = Log()
            socket.onPing = { log(String(decoding: $0, as: UTF8.self)) }
            peer.send(.ping("are you there?"))
            let frame = try await peer.frame()
            #expect(frame.unmasked == .pong("are you there?"))
            #expect(log.lines == ["are you there?"])
        }
    }

    @Test(
        "A masked frame is refused, as everything else that a server may not send",
        arguments: [
            (WireFrame.text("masked").masked().bytes, 1002), (WireFrame(opcode: 1, payload: [0xFF]).bytes, 1007),
            ([0xC1, 0], 1002), ([0x80, 0], 1002), (WireFrame.close(1005).bytes, 1002),
            ([0x82, 127, 0, 0, 0, 0, 0, 0x10, 0, 1], 1009),
        ])
    func refused(bytes: [UInt8], code: Int) async {
        await withClient { socket, peer in
            let log = Log()
            socket.onClose = { code, _ in log("closed \(code.rawValue)") }
            peer.socket.write(bytes)
            #expect(try await peer.frame().unmasked.closeCode == code)
            try await peer.finish()
            try await until("onClose") { !log.lines.isEmpty }
            #expect(log.lines == ["closed \(code)"] && peer.leftover == 0)
        }
    }

    @Test("The server closes: the client answers, and waits for the server to end the connection")
    func serverCloses() async {
        await withClient { socket, peer in
            let log = Log()
            socket.onClose = { log("closed \($0.rawValue) \($1)") }
            peer.send(.close(1001, "stopping"))
            #expect(try await peer.frame().unmasked == .close(1001))
            await turns()
            #expect(peer.ending == nil && socket.readyState == .closing)
            peer.socket.end()
            try await until("onClose") { !log.lines.isEmpty }
            #expect(log.lines == ["closed 1001 stopping"] && peer.ending == "end")
        }
    }

    @Test("The client closes: the server's answer and its end are waited for, for 5 s", arguments: [true, false])
    func clientCloses(answers: Bool) async {
        let clock = ManualClock()
        await withClient(clock) { socket, peer in
            let log = Log()
            socket.onClose = { log("closed \($0.rawValue) \($1)") }
            socket.close(CloseCode(rawValue: 4000), reason: "enough")
            #expect(try await peer.frame().unmasked == .close(4000, "enough"))
            if answers { peer.send(.close(4000, "well")) }
            await turns()
            clock.advance(by: .milliseconds(4_999))
            await turns()
            #expect(log.lines == [] && peer.ending == nil)
            clock.advance(by: .milliseconds(1))
            try await until("onClose") { !log.lines.isEmpty }
            #expect(log.lines == [answers ? "closed 4000 well" : "closed 1006 "])
        }
    }

    @Test("The server's end without a close frame is 1006")
    func serverEnds() async {
        await withClient { socket, peer in
            let log = Log()
            socket.onMessage = { log($0.text) }
            socket.onClose = { log("closed \($0.rawValue) \($1)") }
            peer.send(.text("last words"))
            peer.socket.end()
            try await until("onClose") { log.lines.count == 2 }
            #expect(log.lines == ["last words", "closed 1006 "])
        }
    }

    @Test("A heartbeat finds out that the server is gone, a hub's or the client's own", arguments: [true, false])
    func heartbeat(isHubs: Bool) async {
        let clock = ManualClock()
        await withClient(clock) { socket, peer in
            let log = Log()
            socket.onClose = { code, _ in log("closed \(code.rawValue)") }
            if isHubs { WebSocketHub(heartbeat: .seconds(30)).add(socket) } else { socket.startHeartbeat(.seconds(30)) }
            for _ in 0..<62 {
                clock.advance(by: .seconds(1))
                await turns(3)
            }
            #expect(peer.frames.map(\.unmasked) == [.ping()] && peer.frames[0].key != nil)
            #expect(log.lines == ["closed 1006"])
        }
    }

    @Test("A client's own heartbeat lets a server be that answers")
    func ownHeartbeat() async {
        let clock = ManualClock()
        await withClient(clock) { socket, peer in
            socket.startHeartbeat(.seconds(30))
            for second in 1...100 {
                clock.advance(by: .seconds(1))
                await turns(3)
                if second == 40 || second == 75 { peer.send(.pong()) }
            }
            #expect(socket.readyState == .open && peer.frames.map(\.unmasked) == [.ping(), .ping()])
        }
    }
}
