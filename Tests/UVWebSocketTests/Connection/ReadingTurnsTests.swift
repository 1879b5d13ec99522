import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("Frames that come at once are heard some in each turn of the loop")
struct ReadingTurnsTests {
    /// What was heard, and in which turn.
    @LoopActor
    private final class Heard {
        private(set) var texts: [String] = []
        private(set) var turns: [UInt64] = []
        /// How many in each turn that brought some.
        var counts: [Int] { Set(turns).sorted().map { turn in turns.count { $0 == turn } } }

        func note(_ text: String) {
            texts.append(text)
            turns.append(EventLoop.current.iteration)
        }
    }

    @Test(
        "A read of many frames is heard to its end, in order, a bounded number in each turn",
        arguments: [128, 129, 500])
    func many(count: Int) async {
        await withServer(ManualClock()) { server in
            let (socket, peer) = try await server.open()
            let heard = Heard()
            socket.onMessage = { heard.note($0.text) }
            peer.socket.write((0..<count).flatMap { WireFrame.text("\($0)").masked().bytes })
            try await until("all") { heard.texts.count == count }
            #expect(heard.texts == (0..<count).map(String.init))
            #expect(heard.counts == Array(repeating: 128, count: count / 128) + [count % 128].filter { $0 > 0 })
        }
    }

    @Test("Pings count too, and what comes behind them is heard, a close and the peer's end as well")
    func controls() async {
        await withServer(ManualClock()) { server in
            let (socket, peer) = try await server.open()
            let log = Log()
            socket.onMessage = { log($0.text) }
            socket.onClose = { code, _ in log("\(code.rawValue)") }
            let pings = (0..<300).flatMap { _ in WireFrame.ping("a").masked().bytes }
            peer.socket.end(pings + WireFrame.text("last").masked().bytes + WireFrame.close(1000).masked().bytes)
            try await until("the end") { log.lines == ["last", "1000"] }
            #expect(peer.frames.count { $0.opcode == 10 } == 300)
        }
    }

    @Test("One client's message is heard before another one's thousandth that came earlier")
    func others() async {
        await withServer(ManualClock()) { server in
            let (crowd, loud) = try await server.open()
            let (single, quiet) = try await server.open()
            let heard = Heard()
            crowd.onMessage = { heard.note($0.text) }
            single.onMessage = { heard.note($0.text) }
            loud.socket.write((0..<2_000).flatMap { _ in WireFrame.text("x").masked().bytes })
            quiet.send(WireFrame.text("here").masked())
            try await until("all") { heard.texts.count == 2_001 }
            #expect(try #require(heard.texts.firstIndex(of: "here")) <= 256)
        }
    }

    @Test("A program that pauses and goes on amid such a read hears each message once")
    func pausing() async {
        await withServer(ManualClock()) { server in
            let (socket, peer) = try await server.open()
            let heard = Heard()
            socket.onMessage = { [unowned socket] message in
                heard.note(message.text)
                guard heard.texts.count % 100 == 0 else { return }
                socket.pause()
                EventLoop.current.setImmediate { [weak socket] in socket?.resume() }
            }
            peer.socket.write((0..<1_000).flatMap { WireFrame.text("\($0)").masked().bytes })
            try await until("all") { heard.texts.count == 1_000 }
            #expect(heard.texts == (0..<1_000).map(String.init))
            #expect(heard.counts.allSatisfy { $0 <= 129 })
        }
    }

    @Test("A WebSocket that is ended while its frames wait is told of none of them")
    func ended() async {
        await withServer(ManualClock()) { server in
            let (socket, peer) = try await server.open()
            let log = Log()
            var count = 0
            socket.onMessage = { [weak socket] _ in
                count += 1
                if count == 128 { EventLoop.current.nextTick { socket?.terminate() } }
            }
            socket.onClose = { code, _ in log("\(code.rawValue)") }
            peer.socket.write((0..<500).flatMap { _ in WireFrame.text("x").masked().bytes })
            try await until("the end") { log.lines == ["1006"] }
            await turns()
            #expect(count == 128)
        }
    }
}
