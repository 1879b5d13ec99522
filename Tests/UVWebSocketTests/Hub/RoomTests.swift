import LoopTesting
import Testing
import UVCore
import UVWebSocket

@Suite("Rooms: who is in, who is not, and how many may be")
struct RoomTests {
    @Test("A room's name has 1 to 128 bytes of UTF-8")
    func names() {
        #expect(RoomName(String()) == nil)
        #expect(RoomName(String("a"))?.text == "a")
        #expect(RoomName(String(repeating: "a", count: 128)) != nil)
        #expect(RoomName(String(repeating: "a", count: 129)) == nil)
        #expect(RoomName(String(repeating: "é", count: 64)) != nil)
        #expect(RoomName(String(repeating: "é", count: 64) + "a") == nil)
        #expect("tasks" as RoomName == RoomName("tasks"))
        #expect("\("tasks" as RoomName)" == "tasks")
    }

    @Test("A client may be in 128 rooms; one more is an error, and the connection stays")
    func limit() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            for number in 0..<128 { try server.hub.join(socket, name(number)) }
            #expect(throws: WebSocketHub.JoinError.tooManyRooms) { try server.hub.join(socket, name(128)) }
            // A room that it is in already does not count twice.
            try server.hub.join(socket, name(0))
            #expect(server.hub.rooms(of: socket).count == 128 && server.hub.roomSizes.count == 128)
            #expect(server.hub.members(of: name(128)).isEmpty)
            server.hub.leave(socket, name(5))
            try server.hub.join(socket, name(128))
            server.hub.broadcast("still here", to: .room(name(128)))
            #expect(try await peer.frame() == .text("still here"))
        }
    }

    @Test("A name that the program was given is checked when a client joins", arguments: [0, 1, 128, 129])
    func givenName(length: Int) async {
        await withServer { server in
            let (socket, _) = try await server.open()
            let name = String(repeating: "r", count: length)
            if length == 0 || length > 128 {
                #expect(throws: WebSocketHub.JoinError.invalidName) { try server.hub.join(socket, name) }
                #expect(server.hub.roomSizes.isEmpty && server.hub.memberCount == 0)
            } else {
                try server.hub.join(socket, name)
                #expect(server.hub.rooms(of: socket).map(\.text) == [name])
                server.hub.leave(socket, name)
                #expect(server.hub.roomSizes.isEmpty)
            }
        }
    }

    @Test("Joining twice and leaving twice are silent; an empty room is no room")
    func twice() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            let hub = server.hub
            hub.leave(socket, "a")
            try hub.join(socket, "a")
            try hub.join(socket, "a")
            hub.add(socket)
            #expect(hub.members.count == 1 && hub.roomSizes == ["a": 1] && hub.rooms(of: socket) == ["a"])
            hub.broadcast("once", to: "a")
            hub.leave(socket, "a")
            hub.leave(socket, "a")
            #expect(hub.roomSizes.isEmpty && hub.members.count == 1)
            hub.broadcast("nobody", to: "a")
            hub.broadcast("nobody", to: "no such room")
            hub.remove(socket)
            hub.remove(socket)
            #expect(hub.members.isEmpty)
            socket.send("direct")
            try await until("two frames") { peer.frames.count == 2 }
            #expect(peer.frames == [.text("once"), .text("direct")])
        }
    }

    @Test("A closed WebSocket cannot join, and one that closes leaves all rooms")
    func closed() async {
        await withServer { server in
            let (socket, _) = try await server.open()
            let hub = server.hub
            try hub.join(socket, "a")
            try hub.join(socket, "b")
            socket.terminate()
            try hub.join(socket, "c")
            try await until("the end") { hub.members.isEmpty }
            #expect(hub.roomSizes.isEmpty && hub.rooms(of: socket).isEmpty)
            hub.add(socket)
            try hub.join(socket, "d")
            #expect(hub.members.isEmpty && hub.roomSizes.isEmpty)
        }
    }

    @Test("A member may change from one hub to another")
    func change() async {
        await withServer { server in
            let (socket, peer) = try await server.open()
            let other = WebSocketHub(heartbeat: .zero)
            try server.hub.join(socket, "a")
            server.hub.remove(socket)
            try other.join(socket, "a")
            server.hub.broadcast("first hub", to: "a")
            other.broadcast("second hub", to: "a")
            #expect(try await peer.frame() == .text("second hub"))
            server.hub.leave(socket, "a")
            server.hub.remove(socket)
            #expect(server.hub.rooms(of: socket).isEmpty)
            #expect(other.roomSizes == ["a": 1])
            peer.socket.destroy()
            try await until("the end") { other.members.isEmpty && other.roomSizes.isEmpty }
        }
    }

    private func name(_ number: Int) -> RoomName { RoomName("room-\(number)") ?? "?" }

    @Test("A room's name is its bytes: two spellings of one letter are two rooms")
    func bytes() async {
        await withServer { server in
            let (one, onePeer) = try await server.open()
            let (other, otherPeer) = try await server.open()
            try server.hub.join(one, "\u{E9}")
            try server.hub.join(other, "e\u{301}")
            server.hub.broadcast("one", to: "\u{E9}")
            server.hub.broadcast("other", to: "e\u{301}")
            try await until("both") { onePeer.frames == [.text("one")] && otherPeer.frames == [.text("other")] }
            #expect(server.hub.roomSizes.count == 2)
            #expect(RoomName("\u{212A}") != RoomName("K"))
        }
    }
}
