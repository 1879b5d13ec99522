import LoopTesting
import SeededRandom
import Testing
import UVCore
import UVWebSocket

@Suite("A hub with 1,000 clients in 50 rooms")
struct ManyClientsTests {
    private static let clients = 1_000
    private static let rooms: [RoomName] = (0..<50).compactMap { RoomName("room-\($0)") }

    /// A client, its rooms, and what it has to get.
    @LoopActor
    private final class Client {
        let socket: WebSocket
        let peer: RawPeer
        let rooms: Set<RoomName>
        var expected: [WireFrame] = []

        init(_ socket: WebSocket, _ peer: RawPeer, in rooms: Set<RoomName>) {
            (self.socket, self.peer, self.rooms) = (socket, peer, rooms)
        }

        var messages: [WireFrame] { peer.frames.filter { $0.opcode == 1 } }
    }

    @Test("Each gets its rooms' messages once and in order, whatever becomes of the slow and the dead", arguments: [7])
    func rooms(seed: UInt64) async {
        let clock = ManualClock()
        await withServer(clock, heartbeat: .seconds(30)) { server in
            var random = SeededGenerator(seed: seed)
            var clients: [Client] = []
            for _ in 0..<Self.clients {
                let (socket, peer) = try await server.open()
                let count = Int.random(in: 1...4, using: &random)
                let rooms = Set(Self.rooms.shuffled(using: &random).prefix(count))
                for room in rooms { try server.hub.join(socket, room) }
                peer.answersPings = true
                clients.append(Client(socket, peer, in: rooms))
            }
            let (slow, dead) = (clients[0], clients[1])
            slow.peer.stopReading()
            dead.peer.answersPings = false

            try await talk(server, clients, rounds: 100, &random)
            try await overflow(slow, beside: Array(clients[2..<10]), server)
            try await letTheDeadGo(dead, clients, clock)
            try await talk(server, Array(clients.dropFirst(2)), rounds: 20, &random)

            for client in clients.dropFirst(2) {
                // Not in the expectation: it would print them all.
                let isExact = client.messages == client.expected
                #expect(isExact, "messages of a client in \(client.rooms)")
                #expect(client.peer.leftover == 0 && client.peer.ending == nil && client.socket.readyState == .open)
            }
            #expect(dead.messages == dead.expected)
            #expect(server.hub.members.count == Self.clients - 2 && server.hub.slowConsumersClosed == 1)
            let perRoom = Dictionary(grouping: clients.dropFirst(2).flatMap(\.rooms)) { $0 }.mapValues(\.count)
            #expect(server.hub.roomSizes.filter { $0.key != "wide" } == perRoom)
        }
    }

    /// Some broadcasts an iteration, to one room or to several at once.
    @LoopActor
    private func talk(
        _ server: TestServer, _ clients: [Client], rounds: Int, _ random: inout SeededGenerator
    ) async throws {
        for round in 0..<rounds {
            for number in 0..<Int.random(in: 1...4, using: &random) {
                let rooms = Array(Self.rooms.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)))
                let text = "\(round).\(number) to \(rooms.map(\.text))"
                if rooms.count == 1 {
                    server.hub.broadcast(text, to: .room(rooms[0]))
                } else {
                    server.hub.broadcast(WebSocketMessage(json: Array(text.utf8)), to: .rooms(rooms))
                }
                for client in clients where !client.rooms.isDisjoint(with: rooms) {
                    client.expected.append(.text(text))
                }
            }
            await turns(1)
        }
        let reading = clients.filter { $0.peer.isReading }
        try await until("all messages") { reading.allSatisfy { $0.peer.messageCount == $0.expected.count } }
    }

    /// Sends to a room of a few until the one that does not read has too much waiting.
    @LoopActor
    private func overflow(_ slow: Client, beside others: [Client], _ server: TestServer) async throws {
        for client in [slow] + others { try server.hub.join(client.socket, "wide") }
        let text = String(repeating: "w", count: 200_000)
        while slow.socket.readyState == .open {
            server.hub.broadcast(text, to: "wide")
            for client in others { client.expected.append(.text(text)) }
            try await until("the others") { others.allSatisfy { $0.peer.messageCount == $0.expected.count } }
        }
    }

    /// 30 s without a word, a ping, and 30 s more.
    @LoopActor
    private func letTheDeadGo(_ dead: Client, _ clients: [Client], _ clock: ManualClock) async throws {
        for _ in 0..<62 {
            clock.advance(by: .seconds(1))
            await turns(3)
        }
        #expect(dead.socket.readyState == .closed && clients[0].socket.readyState == .closed)
        #expect(clients.dropFirst(2).allSatisfy { $0.peer.frames.contains(.ping()) && $0.socket.readyState == .open })
    }
}
