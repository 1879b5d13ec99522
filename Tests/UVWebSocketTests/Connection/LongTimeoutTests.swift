import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("Time-outs of more than 2³¹ − 1 ms, where setTimeout's would be 1 ms")
struct LongTimeoutTests {
    @Test("The time-out of a connection is as long as asked", arguments: [30 * 86_400, .max] as [Int64])
    func connecting(seconds: Int64) async {
        let clock = ManualClock()
        await withRawServer(clock) { server in
            let log = Log()
            WebSocketClient.connect(to: try server.url, timeout: .seconds(seconds)) { _ in log("done") }
            let peer = try await server.request()
            clock.advance(by: .seconds(30 * 86_400) - .milliseconds(1))
            await turns()
            #expect(log.lines.isEmpty)
            if seconds == .max { peer.socket.destroy() } else { clock.advance(by: .milliseconds(1)) }
            try await until("the failure") { !log.lines.isEmpty }
        }
    }

    @Test("The time-out of closing is as long as asked")
    func closing() async {
        let clock = ManualClock()
        var limits = WebSocketLimits()
        limits.closeTimeout = .seconds(30 * 86_400)
        await withServer(clock, limits: limits) { server in
            let (socket, peer) = try await server.open()
            socket.close()
            #expect(try await peer.frame() == .close(1000))
            clock.advance(by: .seconds(30 * 86_400) - .milliseconds(1))
            await turns()
            #expect(socket.readyState == .closing)
            clock.advance(by: .milliseconds(1))
            try await until("the end") { socket.readyState == .closed }
            try await peer.finish()
        }
    }

    @Test("A heartbeat of 1,000 days pings nobody at once")
    func heartbeat() async {
        let clock = ManualClock()
        await withServer(clock, heartbeat: .seconds(1_000 * 86_400)) { server in
            let (socket, peer) = try await server.open()
            try server.hub.join(socket, "a")
            clock.advance(by: .seconds(999 * 86_400))
            await turns()
            #expect(peer.frames == [] && socket.readyState == .open)
            socket.terminate()
        }
    }
}
