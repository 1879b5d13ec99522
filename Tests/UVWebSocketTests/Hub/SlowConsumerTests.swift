import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("A member that does not read is closed by the rule, and only it")
struct SlowConsumerTests {
    private static let mebibyte = 1 << 20

    /// A text message whose frame has `count` bytes, from 65,546 on or below 126.
    private static func message(frame count: Int) -> String {
        String(repeating: "m", count: count - (count < 126 ? 2 : 10))
    }

    @Test("Exactly 1 MiB may wait, and all of it arrives")
    func exactly() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            try server.hub.join(socket, "a")
            for _ in 0..<8 { server.hub.broadcast(Self.message(frame: Self.mebibyte / 8), to: "a") }
            #expect(socket.bufferedAmount == Self.mebibyte)
            #expect(socket.readyState == .open && server.hub.slowConsumersClosed == 0)
            try await until("all") { peer.frames.count == 8 }
        }
    }

    @Test(
        "One byte more, and what has not begun to leave is dropped: a close frame with 3008 follows",
        arguments: [
            [(1 << 20) - 1, 2], [(1 << 20), 2], [(1 << 20) + 1], [100, 1 << 20],
        ])
    func oneMore(frames: [Int]) async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            try server.hub.join(socket, "a")
            for count in frames { server.hub.broadcast(Self.message(frame: count), to: "a") }
            #expect(socket.readyState == .closing && server.hub.slowConsumersClosed == 1)
            server.hub.broadcast("more", to: "a")
            let close = try await peer.frame()
            #expect(close.closeCode == 3008)
            peer.send(.close(3008).masked())
            try await peer.finish()
            #expect(peer.frames == [close] && peer.leftover == 0)
            #expect(server.hub.slowConsumersClosed == 1)
        }
    }

    @Test("Direct messages count, and are dropped with the rest")
    func direct() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            try server.hub.join(socket, "a")
            socket.send([UInt8](repeating: 1, count: Self.mebibyte))
            server.hub.broadcast("one too many", to: "a")
            let close = try await peer.frame()
            #expect(close.closeCode == 3008)
        }
    }

    @Test("One that is slow while it is being opened still gets the answer to its request first")
    func whileOpening() async {
        await withServer { server in
            server.onOpen = { [unowned server] socket, _ in
                try server.hub.join(socket, "a")
                server.hub.broadcast(Self.message(frame: Self.mebibyte + 1), to: "a")
            }
            let (_, peer) = try await server.open()
            #expect(peer.head.hasPrefix("HTTP/1.1 101 "))
            #expect(try await peer.frame().closeCode == 3008)
        }
    }

    @Test("A peer that never reads: whole frames up to the one in flight, then 3008; the others get everything")
    func neverReads() async {
        let clock = ManualClock()
        await withServer(clock) { server in
            let hub = server.hub
            let (slow, slowPeer) = try await server.open()
            slowPeer.socket.pause()
            try hub.join(slow, "a")
            var others: [RawPeer] = []
            for _ in 0..<3 {
                let (socket, peer) = try await server.open()
                try hub.join(socket, "a")
                others.append(peer)
            }
            let log = Log()
            slow.onClose = { code, _ in log("closed \(code.rawValue)") }
            // Numbered, so that a gap would show; of a length that no buffer is a multiple of.
            var sent = 0
            while slow.readyState == .open {
                hub.broadcast("\(sent) " + String(repeating: "m", count: 99_991), to: "a")
                sent += 1
                try await until("the others") { others.allSatisfy { $0.frames.count == sent } }
                #expect(slow.bufferedAmount <= Self.mebibyte)
            }
            #expect(hub.slowConsumersClosed == 1)
            for _ in 0..<3 { hub.broadcast("later", to: "a") }
            try await until("the others") { others.allSatisfy { $0.frames.count == sent + 3 } }
            // It reads at last, within the 5 s.
            clock.advance(by: .milliseconds(4_999))
            slowPeer.socket.resume()
            try await until("the close frame") { slowPeer.frames.last?.closeCode == 3008 }
            let received = slowPeer.frames.dropLast().map { $0.text.prefix { $0 != " " } }
            #expect(received == (0..<received.count).map { "\($0)" } && received.count < sent)
            slowPeer.send(.close(3008).masked())
            try await slowPeer.finish()
            #expect(slowPeer.leftover == 0 && slowPeer.ending == "end")
            try await until("onClose") { !log.lines.isEmpty }
            #expect(log.lines == ["closed 3008"])
            #expect(others.allSatisfy { $0.ending == nil && $0.leftover == 0 })
        }
    }

    @Test("One that does not read its close frame either is ended after 5 s")
    func ended() async {
        let clock = ManualClock()
        await withServer(clock) { server in
            let (slow, slowPeer) = try await server.open()
            slowPeer.socket.pause()
            try server.hub.join(slow, "a")
            let log = Log()
            slow.onClose = { code, _ in log("closed \(code.rawValue)") }
            while slow.readyState == .open {
                server.hub.broadcast(Self.message(frame: Self.mebibyte / 2), to: "a")
                await turns(2)
            }
            clock.advance(by: .milliseconds(4_999))
            await turns()
            #expect(slow.readyState == .closing && server.hub.members.count == 1)
            clock.advance(by: .milliseconds(1))
            try await until("onClose") { !log.lines.isEmpty }
            #expect(log.lines == ["closed 1006"] && server.hub.members.isEmpty)
        }
    }
}
