import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("A broadcast to members that have compression and to such that have not")
struct DeflatedBroadcastTests {
    private static let long = String(repeating: "Grüße an alle, ", count: 100)

    @Test("Each gets it as it can read it, those that look back equally far the same bytes, short messages as they are")
    func windows() async {
        await withDeflatingServer { server in
            var peers: [RawPeer] = []
            for request in [
                upgradeRequest(), deflateRequest(), deflateRequest(), deflateRequest("; server_max_window_bits=9"),
                deflateRequest("; server_no_context_takeover"),
            ] {
                let (socket, peer) = try await server.open(request)
                server.hub.add(socket)
                peers.append(peer)
            }
            server.hub.broadcast(Self.long, to: .all)
            server.hub.broadcast("short", to: .all)
            server.hub.broadcast(WebSocketMessage(Array(Self.long.utf8)), to: .all)
            server.hub.broadcast("", to: .all)
            try await until("all") { peers.allSatisfy { $0.frames.count == 4 } }
            #expect(peers[0].frames == [.text(Self.long), .text("short"), .binary(Array(Self.long.utf8)), .text("")])
            #expect(peers[1].frames == peers[2].frames && peers[1].frames == peers[4].frames)
            for (peer, bits) in zip(peers[1...], [12, 12, 9, 12]) {
                #expect(peer.frames.map(\.opcode) == [0x41, 1, 0x42, 1])
                let unpacker = try Unpacker(windowBits: bits)
                for index in [0, 2] {
                    #expect(try unpacker.unpack(peer.frames[index].payload) == Array(Self.long.utf8))
                }
                // From an empty window each time.
                #expect(peer.frames[0].payload == peer.frames[2].payload)
            }
        }
    }

    @Test("What a member is sent alone, before, between and behind broadcasts, refers to nothing that it has not got")
    func mixed() async {
        await withDeflatingServer { server in
            let (socket, peer) = try await server.open(deflateRequest())
            server.hub.add(socket)
            let unpacker = try Unpacker(windowBits: 12)
            var sizes: [Int] = []
            for turn in 0..<3 {
                for isBroadcast in [false, false, true] {
                    let text = Self.long + "\(turn)"
                    if isBroadcast { server.hub.broadcast(text, to: .all) } else { socket.send(text) }
                    let frame = try await peer.frame()
                    sizes.append(frame.payload.count)
                    #expect(try unpacker.unpack(frame.payload) == Array(text.utf8))
                }
            }
            // Behind a broadcast a message begins from an empty window; the next one may look back at it.
            for first in [0, 3, 6] { #expect(sizes[first + 1] < sizes[first] && sizes[first] == sizes[first + 2]) }
        }
    }

    @Test("Broadcasts of which none is worth it leave the context of a member as it is")
    func shortOnes() async {
        await withDeflatingServer { server in
            let (socket, peer) = try await server.open(deflateRequest())
            server.hub.add(socket)
            socket.send(Self.long)
            server.hub.broadcast("short", to: .all)
            socket.send(Self.long)
            try await until("all") { peer.frames.count == 3 }
            #expect(peer.frames[1] == .text("short") && peer.frames[2].payload.count < peer.frames[0].payload.count)
            let unpacker = try Unpacker(windowBits: 12)
            for index in [0, 2] { #expect(try unpacker.unpack(peer.frames[index].payload) == Array(Self.long.utf8)) }
        }
    }

    @Test("A message that is sent in the turn of a broadcast stands behind it, and refers to it no more than it may")
    func sameTurn() async {
        await withDeflatingServer { server in
            let (socket, peer) = try await server.open(deflateRequest())
            server.hub.add(socket)
            socket.send(Self.long + "1")
            server.hub.broadcast(Self.long + "2", to: .all)
            socket.send(Self.long + "3")
            server.hub.broadcast(Self.long + "4", to: .all)
            try await until("all") { peer.frames.count == 4 }
            let unpacker = try Unpacker(windowBits: 12)
            for (index, frame) in peer.frames.enumerated() {
                #expect(try unpacker.unpack(frame.payload) == Array((Self.long + "\(index + 1)").utf8))
            }
        }
    }
}
