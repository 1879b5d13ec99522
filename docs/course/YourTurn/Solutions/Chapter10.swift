import UVHTTP
import UVWebSocket

/// A router with rooms: the WebSockets at `/rooms/ROOM?name=NAME` hear each other.
///
/// A client that comes is told the names that are there: `here: Ada, Bob`, in their order, with its own among them. The
/// others are told `+ Bob`. What Bob says, all of the room hear, also Bob: `Bob: hello`. When Bob goes the others are told
/// `- Bob`.
/// Without a name it is `guest`.
@LoopActor
public func makeRooms() -> Router {
    let hub = WebSocketHub()
    let router = Router()
    var names: [RoomName: [String]] = [:]
    router.webSocket("/rooms/:room") { socket, request in
        let name = request.query["name"] ?? "guest"
        guard let room = RoomName(request.parameters["room"] ?? "") else {
            return socket.close(.policyViolation, reason: "no room has this name")
        }
        try hub.join(socket, room)
        names[room, default: []].append(name)
        socket.send("here: \(names[room, default: []].sorted().joined(separator: ", "))")
        hub.broadcast("+ \(name)", to: .room(room), except: socket)
        socket.onMessage = { message in hub.broadcast("\(name): \(message.text)", to: .room(room)) }
        socket.onClose = { _, _ in
            if let place = names[room]?.firstIndex(of: name) { names[room]?.remove(at: place) }
            if names[room]?.isEmpty == true { names[room] = nil }
            hub.broadcast("- \(name)", to: .room(room))
        }
    }
    return router
}
