import UVCore

/// A WebSocket's place in a hub.
///
/// The WebSocket keeps it, as its owner, until the connection is gone or it leaves the hub.
@LoopActor
final class Member: WebSocketOwner {
    let hub: WebSocketHub
    let socket: WebSocket
    /// The place in the hub's list.
    var index: Int
    /// The rooms that it is in. They are few, see ``WebSocketLimits/rooms``.
    var places: [Place] = []
    var pulse = Pulse()
    /// The batch that it got last, so that it gets one once, in however many of its rooms it is.
    var lastHeard: UInt64 = 0

    /// A room, and where among its members this one stands.
    struct Place {
        let room: Room
        let id: ObjectIdentifier
        var index: Int

        init(room: Room, index: Int) {
            self.room = room
            self.index = index
            id = ObjectIdentifier(room)
        }
    }

    init(_ socket: WebSocket, in hub: WebSocketHub, at index: Int) {
        self.socket = socket
        self.hub = hub
        self.index = index
    }

    func settle() { hub.settle() }
    func didFallBehind() { hub.didFindSlow() }
    func didClose() { hub.remove(self) }
}
