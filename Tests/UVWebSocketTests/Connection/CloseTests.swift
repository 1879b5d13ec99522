import LoopTesting
import Testing
import UVCore
import UVWebSocket

/// RFC 6455 section 7.
@Suite("The close handshake, in every order that two ends can find")
struct CloseTests {
    /// Opens a WebSocket that writes down how it was closed.
    @LoopActor
    private func open(_ server: TestServer, _ log: Log) async throws -> (WebSocket, RawPeer) {
        let (socket, peer) = try await server.open()
        socket.onMessage = { log("message \($0.text)") }
        socket.onClose = { log("closed \($0.rawValue) \($1)") }
        return (socket, peer)
    }

    @Test(
        "The peer closes: the code comes back, then the end, and onClose knows code and reason",
        arguments: [
            1000, 1001, 1002, 1003, 1007, 1014, 3000, 3999, 4000, 4999,
        ])
    func peerFirst(code: UInt16) async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await open(server, log)
            peer.send(.close(code, "Grüße").masked())
            #expect(try await peer.frame() == .close(code))
            try await until("the end") { peer.ending == "end" }
            #expect(socket.readyState == .closing)
            #expect(log.lines == [])
            try await peer.finish()
            try await until("onClose") { socket.readyState == .closed }
            #expect(log.lines == ["closed \(code) Grüße"])
            #expect(peer.frames.count == 1 && peer.leftover == 0)
        }
    }

    @Test("The peer closes without a code: 1005, and none goes back")
    func noCode() async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await open(server, log)
            peer.send(.emptyClose.masked())
            #expect(try await peer.frame() == .emptyClose)
            try await peer.finish()
            try await until("onClose") { socket.readyState == .closed }
            #expect(log.lines == ["closed 1005 "])
        }
    }

    @Test("We close: what was sent goes out before, the peer's answer ends it")
    func weFirst() async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await open(server, log)
            socket.send("last words")
            socket.close(.goingAway, reason: "bye")
            #expect(socket.readyState == .closing)
            #expect(try await peer.frame() == .text("last words"))
            #expect(try await peer.frame() == .close(1001, "bye"))
            await turns()
            #expect(peer.ending == nil, "the peer has not answered yet")
            peer.send(.close(1001, "bye yourself").masked())
            try await peer.finish()
            try await until("onClose") { socket.readyState == .closed }
            #expect(log.lines == ["closed 1001 bye yourself"])
            #expect(peer.frames.count == 2)
        }
    }

    @Test("Both close at once: one close frame each way")
    func both() async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await open(server, log)
            peer.send(.close(3001, "peer").masked())
            socket.close(.normal, reason: "us")
            try await peer.finish()
            try await until("onClose") { socket.readyState == .closed }
            #expect(peer.frames == [.close(1000, "us")])
            #expect(log.lines == ["closed 3001 peer"])
        }
    }

    @Test("A peer that does not answer our close frame is ended after 5 s, not before")
    func noAnswer() async {
        let clock = ManualClock()
        await withServer(clock) { server in
            let log = Log()
            let (socket, peer) = try await open(server, log)
            socket.close()
            #expect(try await peer.frame() == .close(1000))
            clock.advance(by: .milliseconds(4_999))
            await turns()
            #expect(socket.readyState == .closing && log.lines == [])
            clock.advance(by: .milliseconds(1))
            try await until("onClose") { socket.readyState == .closed && !log.lines.isEmpty }
            #expect(log.lines == ["closed 1006 "])
            try await peer.finish()
        }
    }

    @Test("A peer that closes and then keeps its side open is ended after 5 s, with the code it gave")
    func noEnd() async {
        let clock = ManualClock()
        await withServer(clock) { server in
            let log = Log()
            let (socket, peer) = try await open(server, log)
            peer.send(.close(1000, "thanks").masked())
            try await until("the end") { peer.ending == "end" }
            clock.advance(by: .milliseconds(4_999))
            await turns()
            #expect(socket.readyState == .closing)
            clock.advance(by: .milliseconds(1))
            try await until("onClose") { !log.lines.isEmpty }
            #expect(log.lines == ["closed 1000 thanks"])
        }
    }

    @Test("Bytes that go on coming do not put off the end of the 5 s")
    func floodWhileClosing() async {
        let clock = ManualClock()
        await withServer(clock) { server in
            let log = Log()
            let (socket, peer) = try await open(server, log)
            socket.close()
            for _ in 0..<5 {
                peer.send(.text("are you there?").masked(), .ping().masked())
                await turns()
                clock.advance(by: .seconds(1))
            }
            try await until("onClose") { socket.readyState == .closed }
            await turns()
            #expect(log.lines == ["closed 1006 "])
            #expect(peer.frames == [.close(1000)], "no pong behind a close frame")
        }
    }

    @Test("The peer's end without a close frame is 1006, at once")
    func endWithoutClose() async {
        await withServer { server in
            let log = Log()
            let (_, peer) = try await open(server, log)
            peer.send(.text("hello").masked())
            peer.socket.end()
            try await until("onClose") { log.lines.count == 2 }
            #expect(log.lines == ["message hello", "closed 1006 "])
            #expect(peer.frames == [])
        }
    }

    @Test("The peer's end in the middle of a frame is 1006, and of the frame nothing is heard", arguments: 1..<11)
    func endInsideAFrame(length: Int) async {
        await withServer { server in
            let log = Log()
            let (_, peer) = try await open(server, log)
            peer.socket.end(Array(WireFrame.text("hello").masked().bytes.prefix(length)))
            try await until("onClose") { !log.lines.isEmpty }
            #expect(log.lines == ["closed 1006 "])
        }
    }

    @Test("A reset is 1006")
    func reset() async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await open(server, log)
            // Closing with unread bytes makes the system send a reset.
            peer.socket.pause()
            socket.send("never read")
            await turns()
            peer.socket.destroy()
            try await until("onClose") { !log.lines.isEmpty }
            #expect(log.lines == ["closed 1006 "])
        }
    }

    @Test("What follows the peer's close frame is not looked at, not even if it is nonsense")
    func dataBehindClose() async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await open(server, log)
            peer.send(.close(1000).masked(), .text("too late").masked(), .text("not masked"))
            peer.send(.ping("too late").masked())
            await turns()
            peer.socket.write([0xFF, 0xFF, 0xFF])
            try await peer.finish()
            try await until("onClose") { socket.readyState == .closed }
            #expect(log.lines == ["closed 1000 "])
            #expect(peer.frames == [.close(1000)])
        }
    }

    @Test("After our close frame nothing is sent, and no message comes up any more")
    func sendsBehindClose() async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await open(server, log)
            try server.hub.join(socket, "news")
            socket.close()
            socket.close(.goingAway, reason: "again")
            #expect(!socket.send("text") && !socket.send([1]) && !socket.send(json: [0x31]))
            socket.ping()
            server.hub.broadcast("news", to: "news")
            peer.send(.text("too late").masked(), .ping().masked())
            await turns()
            #expect(peer.frames == [.close(1000)])
            peer.send(.close(1000).masked())
            try await peer.finish()
            #expect(peer.frames == [.close(1000)])
            try await until("onClose") { socket.readyState == .closed && !log.lines.isEmpty }
            #expect(log.lines == ["closed 1000 "])
            socket.close()
            socket.terminate()
            #expect(!socket.send("closed") && socket.bufferedAmount == 0 && socket.readyState == .closed)
            #expect(socket.remoteAddress == nil)
        }
    }

    @Test("A code that may not be sent goes out as 1000", arguments: [0, 999, 1004, 1005, 1006, 1015, 2999, 5000])
    func unsendableCode(code: UInt16) async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            socket.close(CloseCode(rawValue: code), reason: "r")
            #expect(try await peer.frame() == .close(1000, "r"))
        }
    }

    @Test(
        "A reason is cut at 123 bytes, and between two characters",
        arguments: [
            (String(repeating: "a", count: 123), 123), (String(repeating: "a", count: 124), 123),
            (String(repeating: "a", count: 122) + "ß", 122), (String(repeating: "€", count: 42), 123),
        ])
    func longReason(reason: String, sent: Int) async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            socket.close(.normal, reason: reason)
            let frame = try await peer.frame()
            #expect(frame == .close(1000, String(decoding: reason.utf8.prefix(sent), as: UTF8.self)))
        }
    }

    @Test("A paused WebSocket that closes still hears the answer")
    func closePaused() async {
        await withServer(ManualClock()) { server in
            let log = Log()
            let (socket, peer) = try await open(server, log)
            socket.pause()
            socket.close()
            #expect(try await peer.frame() == .close(1000))
            peer.send(.close(1000, "heard").masked())
            try await peer.finish()
            try await until("onClose") { !log.lines.isEmpty }
            #expect(log.lines == ["closed 1000 heard"])
        }
    }

    @Test("A WebSocket paused by the message before the peer's close frame still notices the peer's end")
    func pausedBeforeClose() async {
        await withServer(ManualClock()) { server in
            let log = Log()
            let (socket, peer) = try await open(server, log)
            socket.onMessage = { [unowned socket] _ in socket.pause() }
            peer.send(.text("hello").masked(), .close(1000, "bye").masked())
            try await peer.finish()
            try await until("onClose") { !log.lines.isEmpty }
            #expect(log.lines == ["closed 1000 bye"])
        }
    }
}
