import LoopTesting
import Testing
import UVCore

@testable import UVWebSocket

@Suite("What is kept of unfinished messages is bounded for all peers together")
struct UnfinishedMessagesTests {
    /// A binary message of `count` zeros and a last byte that does not come.
    private static func begun(_ count: Int) -> [UInt8] {
        WireFrame.binary([UInt8](repeating: 0, count: count + 1)).masked().bytes.dropLast()
    }

    /// A server that echoes, with room for messages of 1,000 bytes and for 2,500 of all that are under way.
    private func withSmallServer(_ body: @escaping @LoopActor (TestServer, Log) async throws -> Void) async {
        await withServer(ManualClock()) { server in
            let log = Log()
            server.upgrader.limits.message = 1_001
            server.upgrader.limits.unfinished = 2_500
            server.onOpen = { socket, _ in
                socket.onMessage = { [unowned socket] message in socket.send(message) }
                socket.onClose = { code, _ in log("closed \(code.rawValue)") }
            }
            try await body(server, log)
        }
    }

    /// A peer that has sent a message up to its last byte.
    @LoopActor
    private func begin(_ count: Int, _ server: TestServer) async throws -> (WebSocket, RawPeer) {
        let (socket, peer) = try await server.open()
        peer.socket.write(Self.begun(count))
        try await until("the part") { socket.extras?.unfinished?.bytes == count || !socket.state.isOpen }
        return (socket, peer)
    }

    @Test("At the bound all go on; one byte beyond it the message that began first is given up, and no other")
    func oldest() async {
        await withSmallServer { server, log in
            let (first, given) = try await begin(1_000, server)
            let others = [try await begin(1_000, server), try await begin(500, server)]
            #expect(first.state.isOpen && first.shared.unfinished.bytes == 2_500)

            let (_, last) = try await begin(1, server)
            #expect(try await given.frame().closeCode == 1013)
            #expect(first.shared.unfinished.bytes == 1_501)
            for (peer, count) in [(others[0].1, 1_001), (others[1].1, 501), (last, 2)] {
                peer.socket.write([0])
                #expect(try await peer.frame().payload.count == count)
            }
            try await given.finish()
            try await until("onClose") { !log.lines.isEmpty }
            #expect(log.lines == ["closed 1013"])
            #expect(first.shared.unfinished.bytes == 0)
        }
    }

    @Test("A message may be as long as one may be, though that is more than the bound")
    func one() async {
        await withSmallServer { server, _ in
            server.upgrader.limits.unfinished = 10
            let (_, peer) = try await begin(1_000, server)
            peer.socket.write([0])
            #expect(try await peer.frame().payload.count == 1_001)
        }
    }

    @Test("What has come whole, and what ends with its WebSocket, counts no more", arguments: 0..<4)
    func ends(ending: Int) async {
        await withSmallServer { server, _ in
            let (_, before) = try await begin(10, server)
            let (socket, peer) = try await begin(900, server)
            let (_, after) = try await begin(20, server)
            switch ending {
            case 0: peer.socket.write([0])
            case 1: peer.socket.destroy()
            case 2: socket.terminate()
            // Behind the message another one of no valid opcode.
            default: peer.socket.write([0, 0x83, 0x80])
            }
            try await until("its end") { socket.shared.unfinished.bytes == 30 }
            for peer in [before, after] { peer.socket.write([0]) }
            try await until("the others") { socket.shared.unfinished.bytes == 0 }
        }
    }

    @Test("A part that lies there while many others come and go stays the first")
    func many() async {
        await withSmallServer { server, _ in
            let (_, lying) = try await begin(600, server)
            let (socket, peer) = try await begin(900, server)
            for _ in 0..<40 {
                peer.socket.write([0] + Self.begun(900))
                _ = try await peer.frame()
                try await until("the next part") { socket.extras?.unfinished?.bytes == 900 }
            }
            _ = try await begin(1_000, server)
            #expect(socket.shared.unfinished.bytes == 2_500)
            _ = try await begin(1, server)
            #expect(try await lying.frame().closeCode == 1013)
        }
    }
}
