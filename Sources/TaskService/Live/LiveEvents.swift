import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP
import UVWebSocket

/// Tells all listeners what happens to the tasks.
@LoopActor
final class LiveEvents {
    static let path = "/ws/tasks"
    /// The subprotocol that the server speaks. A browser offers its token beside it, since it can set no header.
    static let subprotocol = "taskflow.v1"
    private static let tokenPrefix = "taskflow.bearer."
    private static let standardRoom: RoomName = "tasks"
    /// Kept once, however many clients are in it.
    private static let standardRooms = [standardRoom]

    let hub = WebSocketHub()
    private let startedAt = ContinuousClock.now
    private var clientCount = 0

    /// Has the JSON of the task that was changed last.
    private let text: TaskText

    init(_ text: TaskText) { self.text = text }

    /// Makes a listener of a WebSocket.
    func open(_ socket: WebSocket, _ request: IncomingMessage) {
        clientCount += 1
        let rooms = Self.rooms(of: request) ?? Self.standardRooms
        LiveClient(on: socket, in: hub).start(as: "ws-\(clientCount)", in: rooms)
    }

    /// Sends an event to each listener that it concerns, once.
    ///
    /// - Complexity: O(members of its rooms); an event that nothing listens to is not written.
    func broadcast(_ event: TaskEvent) {
        guard hub.memberCount > 0 else { return }
        let names = event.projects.map { "project-\($0)" } + ["task-\(event.taskID)"]
        let audience = WebSocketHub.Audience.rooms([Self.standardRoom] + names.compactMap { RoomName($0) })
        guard hub.hasMembers(in: audience) else { return }
        hub.broadcast(WebSocketMessage(json: JSONText.object { write(event, to: &$0) }), to: audience)
    }

    /// What operators want to know.
    func writeStatistics(to json: inout JSONText) {
        json.member("path", Self.path)
        json.member("connectedClients", hub.memberCount)
        json.member("rooms", hub.roomCount)
        json.member("uptimeSeconds", secondsSince: startedAt)
        json.member("membersPerRoom") { json in
            // Only the largest: clients can make as many names as they want.
            for (room, size) in hub.largestRooms(100) { json.member(named: room.text, size) }
        }
        json.member("bytesWaiting", hub.members.reduce(0) { $0 + $1.bufferedAmount })
        json.member("slowConsumersClosed", hub.slowConsumersClosed)
    }
}

// MARK: - What a request asks for

extension LiveEvents {
    /// The token that a browser shows among the subprotocols it offers; nil if it shows none.
    static func token(in subprotocols: String?) -> String? {
        Handshake.elements(of: subprotocols ?? "").first { $0.begins(with: tokenPrefix) }
            .map { String(decoding: $0.utf8.dropFirst(tokenPrefix.utf8.count), as: UTF8.self) }
    }

    /// The rooms that the query names, or the one that gets every event; nil if a name is no room's, or if there are
    /// more than a client may be in.
    static func rooms(of request: IncomingMessage) -> [RoomName]? {
        guard let list = Query(request.query)["rooms"] else { return standardRooms }
        let names = list.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard let rooms = ClientRequest.roomNames(names), rooms.count <= WebSocketLimits().rooms else { return nil }
        return rooms
    }
}

// MARK: - What is said

extension LiveEvents {
    /// The members of an event as clients see it.
    private func write(_ event: TaskEvent, to json: inout JSONText) {
        json.member("event", event.name)
        switch event.change {
        case .created(let task):
            write(task, to: &json)
        case .updated(let task, let changes, _):
            write(task, to: &json)
            json.array("changes") { for field in changes { $0.element(field.rawValue) } }
        case .moved(let task, let from, let to):
            write(task, to: &json)
            json.member("from", from)
            json.member("to", to)
        case .deleted(let id, _):
            json.member("task") { $0.member("id", id) }
        }
        json.member("seq", event.sequence)
        json.member("requestId", event.requestID)
        json.member("timestamp", event.timestamp)
    }

    private func write(_ task: TaskRecord, to json: inout JSONText) {
        text.with(task) { json.member("task", json: $0) }
    }
}
