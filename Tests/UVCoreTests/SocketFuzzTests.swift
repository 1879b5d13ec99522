import LoopTesting
import SeededRandom
import Testing
import UVCore

@Suite("Sockets under random use")
struct SocketFuzzTests {
    @Test(
        "Whatever both ends do, bytes arrive in order, every socket closes once, and nothing is left", arguments: 0..<4)
    func random(block: UInt64) async {
        for seed in block * 5..<block * 5 + 5 {
            nonisolated(unsafe) var peers: [Peer] = []
            let code = await withLoop { loop in
                loop.onUncaughtError = { error in
                    if !(error is Thrown) { Issue.record(error) }
                }
                var generator = SeededGenerator(seed: seed)
                for _ in 0..<4 {
                    let (one, other) = (generator.next(), generator.next())
                    Connection.open(allowsHalfOpen: true) { connection in
                        let client = Peer(connection.client, loop, seed: one)
                        let accepted = Peer(connection.accepted, loop, seed: other)
                        peers += [client, accepted]
                        client.act()
                        accepted.act()
                    }
                }
            }
            #expect(code == 0 && peers.count == 8, "seed \(seed)")
            for index in stride(from: 0, to: peers.count, by: 2) {
                let (one, other) = (peers[index].summary, peers[index + 1].summary)
                #expect(one.closes == 1 && other.closes == 1, "seed \(seed)")
                #expect(one.isIntact && other.isIntact, "seed \(seed)")
                #expect(one.received <= other.sent && other.received <= one.sent, "seed \(seed)")
                guard !one.wasDestroyed, !other.wasDestroyed else { continue }
                #expect(one.received == other.sent && other.received == one.sent, "seed \(seed)")
            }
        }
    }
}

/// One end of a connection that does random things at random times, and in the end closes.
@LoopActor
private final class Peer {
    struct Summary {
        var sent = 0
        var received = 0
        var isIntact = true
        var closes = 0
        var wasDestroyed = false
    }

    /// Read by the test when the loop has ended.
    private(set) nonisolated(unsafe) var summary = Summary()

    private let socket: Socket
    private let loop: EventLoop
    private var generator: SeededGenerator
    private var actionsLeft = 40
    private var hasEnded = false

    init(_ socket: Socket, _ loop: EventLoop, seed: UInt64) {
        self.socket = socket
        self.loop = loop
        generator = SeededGenerator(seed: seed)
        socket.onDrain = { [self] in
            #expect(socket.writableLength == 0 && !socket.isDestroyed)
            try actNow()
        }
        socket.onEnd = { [self] in try actNow() }
        socket.onError = { [self] error in
            // Only a peer that was destroyed may break a connection.
            #expect(error.isConnectionReset)
            summary.wasDestroyed = true
            try actNow()
        }
        socket.onClose = { [self] _ in
            summary.closes += 1
            summary.isIntact = summary.isIntact && socket.isDestroyed
            try actNow()
        }
    }

    func act() {
        guard actionsLeft > 0 else { return finish() }
        let again = { [self] in
            defer { act() }
            try actNow()
        }
        switch random(4) {
        case 0: loop.setTimeout(.milliseconds(1), again)
        case 1: loop.nextTick(again)
        default: loop.setImmediate(again)
        }
    }

    private func finish() {
        read()
        socket.end()
        hasEnded = true
        socket.resume()
    }

    private func read() {
        socket.onData = { [self] bytes in
            let isAsSent = Self.stream(from: summary.received, bytes.count) == bytes[...]
            summary.isIntact = summary.isIntact && isAsSent && !socket.isDestroyed
            summary.received += bytes.count
            try actNow()
        }
    }

    private func actNow() throws {
        guard actionsLeft > 0 else { return }
        actionsLeft -= 1
        switch random(30) {
        case 0..<10: write(random(20_000))
        case 10: write(300_000)
        case 11: write(0)
        case 12..<16: socket.cork()
        case 16..<18: socket.pause()
        case 18..<21:
            // Without a reader what arrives would be dropped.
            read()
            socket.resume()
        case 21..<23: read()
        case 23:
            socket.end()
            hasEnded = true
        case 24: if random(4) == 0 { destroy() }
        case 25: socket.setNoDelay(random(2) == 0)
        case 26: socket.highWaterMark = random(50_000)
        case 27: throw Thrown("at random")
        default: break
        }
        if socket.isDestroyed { hasEnded = true }
    }

    private func write(_ count: Int) {
        if socket.isDestroyed { hasEnded = true }
        let isBelowMark = socket.write([UInt8](Self.stream(from: summary.sent, count)))
        if hasEnded || socket.isDestroyed {
            #expect(!isBelowMark)
            if !hasEnded { summary.sent += count }
        } else {
            summary.sent += count
        }
    }

    private func destroy() {
        summary.wasDestroyed = true
        socket.destroy()
    }

    private func random(_ bound: Int) -> Int { Int.random(in: 0..<max(bound, 1), using: &generator) }

    /// Part of an endless stream, which repeats only after a length that no buffer has.
    private static func stream(from offset: Int, _ count: Int) -> ArraySlice<UInt8> {
        streamStart[offset % period..<offset % period + count]
    }

    private static let period = 65_521
    private static let streamStart: [UInt8] = {
        let block = (0..<period).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        return [[UInt8]](repeating: block, count: 6).flatMap { $0 }
    }()
}
