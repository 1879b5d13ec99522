import TaskEngine
import UVCore
import UVWebSocket

/// One listener: what it asks is done, and answered on its connection.
@LoopActor
final class LiveClient {
    private let socket: WebSocket
    private let hub: WebSocketHub
    private var rooms: [RoomName] = []

    init(on socket: WebSocket, in hub: WebSocketHub) {
        self.socket = socket
        self.hub = hub
    }

    /// Greets the client as `id`, and listens to it until it closes: the socket keeps it.
    func start(as id: String, in rooms: [RoomName]) {
        hub.add(socket)
        enter(rooms)
        socket.onMessage = { [self] message in receive(message) }
        // While a client asks and does not read the answers, it is not listened to.
        socket.onDrain = { [socket] in socket.resume() }
        send("connection.ready") { json in
            json.member("clientId", id)
            json.array("rooms") { for room in self.rooms { $0.element(room.text) } }
            json.member("heartbeat", Int(hub.heartbeat.components.seconds))
            json.member("timestamp", Timestamp.now)
        }
    }

    private func receive(_ message: WebSocketMessage) {
        guard message.kind == .text else { return socket.close(.unsupportedData, reason: "Only text is accepted") }
        do throws(ClientRequest.Refusal) {
            try perform(try ClientRequest(message.bytes))
        } catch {
            send("error") { json in
                json.member("code", error.code)
                json.member("message", error.message)
            }
        }
    }

    private func perform(_ request: ClientRequest) throws(ClientRequest.Refusal) {
        switch request {
        case .subscribe(let rooms):
            enter(rooms)
            confirm()
        case .unsubscribe(let leaving):
            let leaving = Set(leaving)
            enter(rooms.filter { !leaving.contains($0) })
            confirm()
        case .ping:
            send("pong") { _ in }
        }
    }

    /// Leaves the rooms the client is in for others.
    private func enter(_ rooms: [RoomName]) {
        let kept = Set(rooms)
        for room in self.rooms where !kept.contains(room) { hub.leave(socket, room) }
        // There are no more of them than the hub allows: that was checked before.
        for room in rooms { try? hub.join(socket, room) }
        self.rooms = rooms
    }

    private func confirm() {
        send("subscription.confirmed") { json in
            json.array("rooms") { for room in rooms { $0.element(room.text) } }
        }
    }

    private func send(_ event: String, _ body: (inout JSONText) -> Void) {
        let isBelowMark = socket.send(
            json: JSONText.object { json in
                json.member("event", event)
                body(&json)
            })
        if !isBelowMark { socket.pause() }
    }
}
