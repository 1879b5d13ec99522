import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("What is sent arrives whole and in order, and what waits is counted")
struct SendingTests {
    @Test(
        "Messages of every length come back as they went, text and binary",
        arguments: [
            0, 1, 125, 126, 127, 65_535, 65_536, 1 << 20,
        ])
    func lengths(length: Int) async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            socket.onMessage = { [unowned socket] message in socket.send(message) }
            let bytes = (0..<length).map { UInt8($0 & 127) }
            let frames = [WireFrame(opcode: 1, payload: bytes), WireFrame(opcode: 2, payload: bytes)]
            peer.send(frames[0].masked(), frames[1].masked([1, 2, 3, 4]))
            try await until("both") { peer.frames.count == 2 }
            #expect(peer.frames == frames)
        }
    }

    @Test("Each kind of send makes its kind of frame")
    func kinds() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            socket.send("text ✓")
            socket.send([0, 255])
            socket.send(json: Array("{}".utf8))
            socket.ping(Array("p".utf8))
            socket.ping([UInt8](repeating: 0, count: 126))
            try await until("five frames") { peer.frames.count == 5 }
            #expect(
                peer.frames == [
                    .text("text ✓"), .binary([0, 255]), .text("{}"), .ping("p"),
                    WireFrame(opcode: 9, payload: [UInt8](repeating: 0, count: 125)),
                ])
        }
    }

    @Test("A ping is answered with its bytes, also between the fragments of a message; a pong is not")
    func pings() async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await server.open()
            socket.onMessage = { log("message \($0.text)") }
            socket.onPing = { log("ping \(String(decoding: $0, as: UTF8.self))") }
            socket.onPong = { log("pong \(String(decoding: $0, as: UTF8.self))") }
            peer.send(
                WireFrame(isFinal: false, opcode: 1, payload: Array("he".utf8)).masked(), .ping("1").masked(),
                .pong("2").masked(), WireFrame(opcode: 0, payload: Array("llo".utf8)).masked(), .ping().masked())
            try await until("both pongs") { peer.frames.count == 2 }
            await turns()
            #expect(peer.frames == [.pong("1"), .pong("")])
            #expect(log.lines == ["ping 1", "pong 2", "message hello", "ping "])
        }
    }

    @Test("send tells when 16 KiB wait, one byte less is fine, and onDrain follows")
    func backpressure() async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await server.open()
            socket.onDrain = { log("drained \(socket.bufferedAmount)") }
            // A frame's header takes four bytes here.
            for (length, isFine) in [(16_379, true), (16_380, false)] {
                #expect(socket.send([UInt8](repeating: 1, count: length)) == isFine)
                #expect(socket.bufferedAmount == length + 4)
                try await until("the frame") { socket.bufferedAmount == 0 }
                await turns()
                #expect(log.lines == (isFine ? [] : ["drained 0"]))
            }
            try await until("both") { peer.frames.count == 2 }
        }
    }

    @Test("onDrain comes for what was sent behind collected messages too")
    func drainBehindCollected() async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await server.open()
            try server.hub.join(socket, "news")
            socket.onDrain = { log("drained \(socket.bufferedAmount)") }
            // Below the mark each, above it together; the first has left when the others are written.
            socket.send([UInt8](repeating: 1, count: 10_000))
            server.hub.broadcast(String(repeating: "n", count: 7_000), to: "news")
            #expect(!socket.send("one more"))
            try await until("three frames") { peer.frames.count == 3 }
            await turns()
            #expect(log.lines == ["drained 0"])
        }
    }

    @Test("A direct message goes behind the messages that are collected, pongs and pings too")
    func order() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            try server.hub.join(socket, "news")
            socket.onMessage = { [unowned server, unowned socket] message in
                socket.send("direct 1")
                server.hub.broadcast("collected 1", to: "news")
                socket.send("direct 2")
                socket.ping()
                server.hub.broadcast("collected 2", to: "news")
                socket.send("direct 3")
            }
            peer.send(.text("go").masked(), .ping("asked").masked())
            try await until("all") { peer.frames.count == 7 }
            #expect(
                peer.frames == [
                    .text("direct 1"), .text("collected 1"), .text("direct 2"), .ping(), .text("collected 2"),
                    .text("direct 3"), .pong("asked"),
                ])
        }
    }

    @Test("pause holds messages up, resume brings them, in order")
    func pause() async {
        await withServer { server in
            let log = Log()
            let (socket, peer) = try await server.open()
            socket.onMessage = { log($0.text) }
            socket.pause()
            peer.send(.text("1").masked(), .text("2").masked())
            await turns()
            peer.send(.text("3").masked())
            await turns()
            #expect(log.lines == [])
            socket.resume()
            try await until("all") { log.lines == ["1", "2", "3"] }
        }
    }
}

@Suite("A peer that pings and does not read costs no more than one that does")
struct PingFloodTests {
    private static let payload = String(repeating: "p", count: 110)

    @Test("Pongs for it stay bounded; it gets some, all whole, and the last one in the end")
    func notReading() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            peer.socket.pause()
            // Fills what the system holds for the peer.
            while socket.bufferedAmount == 0 {
                socket.send([UInt8](repeating: 0, count: 1 << 20))
                await turns(2)
            }
            let before = socket.bufferedAmount
            var (most, count) = (0, 0)
            socket.onPing = { _ in
                most = max(most, socket.bufferedAmount)
                count += 1
            }
            for number in 0..<4_000 { peer.send(.ping("\(number) \(Self.payload)").masked()) }
            try await until("the pings") { count == 4_000 }
            #expect(most <= before + 16_384 + 127)
            peer.socket.resume()
            try await until("the last pong") { peer.frames.last?.text.hasPrefix("3999 ") == true }
            #expect(peer.leftover == 0 && peer.frames.filter { $0.opcode == 10 }.count < 1_000)
        }
    }

    @Test("So they do behind collected messages")
    func behindCollected() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            try server.hub.join(socket, "news")
            var (most, count) = (0, 0)
            socket.onPing = { [unowned server] _ in
                // The first of each read finds the outbox empty.
                if socket.bufferedAmount < 200 { server.hub.broadcast("news", to: "news") }
                most = max(most, socket.bufferedAmount)
                count += 1
            }
            for number in 0..<4_000 { peer.send(.ping("\(number) \(Self.payload)").masked()) }
            try await until("the pings") { count == 4_000 }
            try await until("the last pong") { peer.frames.last?.text.hasPrefix("3999 ") == true }
            #expect(most <= 16_384 + 127)
            #expect(peer.leftover == 0)
        }
    }

    @Test("A ping that waits for the peer to read is answered when collected messages have gone, too")
    func answeredAfterCollected() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            try server.hub.join(socket, "news")
            socket.onMessage = { [unowned server] _ in
                socket.send([UInt8](repeating: 1, count: 10_000))
                server.hub.broadcast(String(repeating: "n", count: 7_000), to: "news")
            }
            peer.send(.text("go").masked(), .ping("still there?").masked())
            try await until("the pong") { peer.frames.last == .pong("still there?") }
            #expect(peer.frames.count == 3)
        }
    }
}
