import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("The heartbeat: a ping after 30 s of silence, the end 30 s after that")
struct HeartbeatTests {
    /// Lets time pass second by second, as the sweep's timer sees it, and what is on its way arrive.
    @LoopActor
    private func pass(_ seconds: Int, on clock: ManualClock) async {
        for _ in 0..<seconds {
            clock.advance(by: .seconds(1))
            await turns(3)
        }
    }

    @Test("No ping after 29.9 s; one after 30; none more while it waits; the end 30 s later, not 29.9")
    func deadPeer() async {
        let clock = ManualClock()
        await withServer(clock, heartbeat: .seconds(30)) { server in
            let (socket, peer) = try await server.open()
            try server.hub.join(socket, "a")
            let log = Log()
            socket.onClose = { code, _ in log("closed \(code.rawValue)") }
            clock.advance(by: .milliseconds(29_900))
            await turns()
            #expect(peer.frames == [])
            clock.advance(by: .milliseconds(100))
            await turns()
            clock.advance(by: .seconds(1))
            await turns()
            #expect(peer.frames == [.ping()])
            let pingedAt = clock.milliseconds
            clock.advance(by: .milliseconds(28_900))
            await turns()
            #expect(log.lines == [] && clock.milliseconds - pingedAt < 30_000)
            await pass(2, on: clock)
            #expect(log.lines == ["closed 1006"])
            #expect(peer.frames == [.ping()] && peer.leftover == 0)
            #expect(server.hub.members.isEmpty && server.hub.roomSizes.isEmpty)
        }
    }

    @Test("The ping comes within a second after the 30 s, whenever the last byte came", arguments: [0, 1, 500, 999])
    func granularity(offset: Int) async {
        let clock = ManualClock()
        await withServer(clock, heartbeat: .seconds(30)) { server in
            let (socket, peer) = try await server.open()
            server.hub.add(socket)
            clock.advance(by: .milliseconds(offset))
            peer.send(.text("a byte").masked())
            await turns()
            let last = clock.milliseconds
            while peer.frames.isEmpty, clock.milliseconds - last < 40_000 {
                clock.advance(by: .milliseconds(100))
                await turns(3)
            }
            #expect(peer.frames == [.ping()])
            #expect((30_000...31_100).contains(clock.milliseconds - last))
        }
    }

    @Test(
        "A byte in time saves it, be it a pong, a message or a part of a frame",
        arguments: [
            WireFrame.pong().masked().bytes, WireFrame.text("here").masked().bytes, [0x81],
        ])
    func saved(by bytes: [UInt8]) async {
        let clock = ManualClock()
        await withServer(clock, heartbeat: .seconds(30)) { server in
            let (socket, peer) = try await server.open()
            server.hub.add(socket)
            await pass(31, on: clock)
            #expect(peer.frames == [.ping()])
            clock.advance(by: .milliseconds(28_500))
            await turns()
            peer.socket.write(bytes)
            await turns()
            await pass(29, on: clock)
            #expect(socket.readyState == .open && peer.frames == [.ping()], "30 s begin anew")
            await pass(3, on: clock)
            #expect(peer.frames == [.ping(), .ping()])
            await pass(31, on: clock)
            #expect(server.hub.members.isEmpty)
        }
    }

    @Test("A client that talks is never pinged, one that only listens every 30 s")
    func talking() async {
        let clock = ManualClock()
        await withServer(clock, heartbeat: .seconds(30)) { server in
            let (talking, talkingPeer) = try await server.open()
            let (listening, listeningPeer) = try await server.open()
            server.hub.add(talking)
            server.hub.add(listening)
            var answered = 0
            for _ in 0..<20 {
                talkingPeer.send(.text("still here").masked())
                await pass(10, on: clock)
                if listeningPeer.frames.count > answered {
                    answered += 1
                    listeningPeer.send(.pong().masked())
                }
            }
            #expect(talkingPeer.frames == [])
            #expect((5...6).contains(listeningPeer.frames.count) && Set(listeningPeer.frames.map(\.opcode)) == [9])
            #expect(talking.readyState == .open && listening.readyState == .open)
        }
    }

    @Test("With no member there is no timer, with the next there is one again; zero is no heartbeat")
    func timer() async {
        let clock = ManualClock()
        await withServer(clock, heartbeat: .seconds(30)) { server in
            let (first, _) = try await server.open()
            server.hub.add(first)
            server.hub.remove(first)
            await pass(61, on: clock)
            #expect(first.readyState == .open)
            let (second, peer) = try await server.open()
            server.hub.add(second)
            await pass(31, on: clock)
            #expect(peer.frames == [.ping()])
        }
        await withServer(clock) { server in
            let (socket, peer) = try await server.open()
            server.hub.add(socket)
            await pass(120, on: clock)
            #expect(socket.readyState == .open && peer.frames.isEmpty)
        }
    }

    @Test("A paused WebSocket with a lively peer is never ended")
    func paused() async {
        let clock = ManualClock()
        await withServer(clock, heartbeat: .seconds(30)) { server in
            let (socket, peer) = try await server.open()
            peer.answersPings = true
            server.hub.add(socket)
            socket.pause()
            await pass(300, on: clock)
            #expect(socket.readyState == .open && peer.ending == nil)
            socket.resume()
            await pass(59, on: clock)
            #expect(socket.readyState == .open)
        }
    }

    @Test("After a callback that took a minute the answers that came meanwhile count", arguments: [61, 3_600])
    func longCallback(seconds: Int) async {
        let clock = ManualClock()
        await withServer(clock, heartbeat: .seconds(30)) { server in
            let (socket, peer) = try await server.open()
            server.hub.add(socket)
            await pass(31, on: clock)
            #expect(peer.frames == [.ping()])
            // The pong is on its way when the callback begins: written from the timer, read only behind it.
            server.loop.setTimeout(.milliseconds(1)) {
                peer.send(.pong().masked())
                peer.socket.uncork()
                clock.advance(by: .seconds(seconds))
            }
            clock.advance(by: .milliseconds(1))
            await turns()
            #expect(socket.readyState == .open && peer.ending == nil)
        }
    }

    @Test("A member in its close handshake is not pinged")
    func closing() async {
        let clock = ManualClock()
        var limits = WebSocketLimits()
        limits.closeTimeout = .seconds(100)
        await withServer(clock, limits: limits, heartbeat: .seconds(30)) { server in
            let (socket, peer) = try await server.open()
            server.hub.add(socket)
            socket.close()
            await pass(31, on: clock)
            #expect(peer.frames == [.close(1000)])
            await pass(31, on: clock)
            #expect(server.hub.members.isEmpty, "but it is ended")
        }
    }
}
