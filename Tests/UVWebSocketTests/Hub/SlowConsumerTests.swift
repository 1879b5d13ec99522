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

    /// Lets exactly `count` bytes wait for a peer that does not read.
    @LoopActor
    private func wait(_ count: Int, for socket: WebSocket, _ peer: RawPeer) async throws {
        peer.stopReading()
        while socket.bufferedAmount == 0 {
            socket.send([UInt8](repeating: 0, count: 60_000))
            await turns(2)
        }
        socket.send([UInt8](repeating: 0, count: count - socket.bufferedAmount - 10))
        await turns()
        try #require(socket.bufferedAmount == count)
    }

    @Test(
        "With 1 MiB waiting a message is still added, with one byte more it is not", arguments: [0, 1], [true, false])
    func limit(beyond: Int, isBroadcast: Bool) async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            try server.hub.join(socket, "a")
            try await wait(Self.mebibyte + beyond, for: socket, peer)
            if isBroadcast { server.hub.broadcast("a", to: "a") } else { #expect(!socket.send("a")) }
            #expect(socket.readyState == (beyond == 0 ? .open : .closing))
            #expect(server.hub.slowConsumersClosed == beyond)
            peer.socket.resume()
            let last = beyond == 0 ? WireFrame.text("a") : .close(3008, "Too many bytes are waiting for you")
            try await until("the last frame") { peer.frames.last == last }
            #expect(peer.leftover == 0)
        }
    }

    @Test("Pings count too")
    func pings() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            server.hub.add(socket)
            try await wait(Self.mebibyte + 1, for: socket, peer)
            socket.ping()
            #expect(socket.readyState == .closing && server.hub.slowConsumersClosed == 1)
        }
    }

    @Test("A program that sends and sends holds the limit and one message, also within one callback")
    func naive() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            server.hub.add(socket)
            peer.stopReading()
            var most = 0
            socket.onMessage = { [unowned socket] _ in
                socket.send([UInt8](repeating: 1, count: 100_000))
                most = max(most, socket.bufferedAmount)
            }
            for _ in 0..<1_666 { peer.send(.text("give").masked()) }
            try await until("the end") { socket.readyState != .open }
            #expect(most <= Self.mebibyte + 100_010)
            #expect(server.hub.slowConsumersClosed == 1)
        }
    }

    @Test("A broadcast or a burst over the limit closes no member that reads, and arrives whole and in order")
    func burst() async {
        await withServer { server in
            let (one, onePeer) = try await server.open()
            let (other, otherPeer) = try await server.open()
            try server.hub.join(one, "a")
            try server.hub.join(other, "a")
            server.hub.broadcast(Self.message(frame: 3 * Self.mebibyte), to: "a")
            for number in 0..<50 { server.hub.broadcast("\(number) " + Self.message(frame: 100_000), to: "a") }
            one.send("behind")
            await turns(1)
            server.hub.broadcast("later", to: "a")
            try await until("all") { onePeer.frames.count == 53 && otherPeer.frames.count == 52 }
            let numbers = (0..<50).map { "\($0) " }
            for peer in [onePeer, otherPeer] {
                #expect(peer.frames[0].payload.count == 3 * Self.mebibyte - 10)
                #expect(zip(peer.frames[1...50], numbers).allSatisfy { $0.text.hasPrefix($1) })
                #expect(peer.frames.last == .text("later"))
            }
            #expect(onePeer.frames[51] == .text("behind"))
            #expect(server.hub.slowConsumersClosed == 0)
        }
    }

    @Test("An iteration hands over 256 KiB of a burst at most")
    func portions() async {
        await withServer { server in
            let (socket, _) = try await server.open()
            try server.hub.join(socket, "a")
            for _ in 0..<16 { server.hub.broadcast(Self.message(frame: 1 << 17), to: "a") }
            var waiting = [socket.bufferedAmount]
            while socket.bufferedAmount > 0 {
                await turns(1)
                waiting.append(socket.bufferedAmount)
            }
            #expect(waiting[0] == 2 * Self.mebibyte)
            // What the system had no room for at first may go in the same iteration.
            #expect(zip(waiting, waiting.dropFirst()).allSatisfy { $0 - $1 <= 512 << 10 })
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
                #expect(slow.bufferedAmount <= Self.mebibyte + 100_010)
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
