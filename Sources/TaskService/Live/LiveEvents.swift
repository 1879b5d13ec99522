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
    nonisolated private static let tokenPrefix = "taskflow.bearer."

    let hub = WebSocketHub()
    let history: EventHistory
    let streams = LiveStreams()
    private let startedAt = ContinuousClock.now
    private var clientCount = 0
    private let text: EventText

    /// - Parameter text: Has the JSON of the task that was changed last.
    init(_ history: EventHistory, _ text: TaskText) {
        self.history = history
        self.text = EventText(text) { history.store }
    }

    /// Makes a listener of a WebSocket.
    func open(_ socket: WebSocket, in rooms: ListenerRooms, from point: ResumePoint?) {
        clientCount += 1
        LiveClient("ws-\(clientCount)", on: socket, in: hub, history).start(in: rooms, from: point)
    }

    /// Sends an event to each listener that it concerns, once.
    ///
    /// - Complexity: O(listeners in its rooms); an event that nothing listens to is not written.
    func broadcast(_ event: TaskEvent) {
        history.told = event.sequence
        guard hub.memberCount > 0 || !streams.isQuiet else { return }
        let rooms = ListenerRooms.names(of: event)
        let listeners = streams.listeners(in: rooms)
        guard hub.hasMembers(in: .rooms(rooms)) || !listeners.isEmpty else { return }
        let json = text.json(event)
        hub.broadcast(WebSocketMessage(json: json), to: .rooms(rooms))
        for listener in listeners { listener.deliver(json, of: event) }
    }

    /// Has all listeners come back: the history that they know is another one.
    func restart() {
        let dismissal = Dismissal.reloaded(of: count)
        // Not in portions: none is to hear an event of the new history behind those of the former one.
        for socket in hub.members { socket.close(dismissal.code, reason: dismissal.reason()) }
        streams.restart(dismissal)
    }

    /// Has all listeners go, a portion in each turn, and takes no more streams. `done` is called when no WebSocket is left of
    /// those that are here.
    func end(hasOthers: Bool, _ done: @escaping () throws -> Void = {}) {
        let dismissal = Dismissal.stopping(of: count, hasOthers: hasOthers)
        hub.shutdown(dismissal.code, perTurn: Dismissal.portion, reason: dismissal.reason, done)
        streams.end(dismissal)
    }

    private var count: Int { hub.memberCount + streams.count }

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
        json.member("streams", streams.count)
    }

    /// The token that a browser shows among the subprotocols it offers; nil if it shows none.
    nonisolated static func token(in subprotocols: String?) -> String? {
        Handshake.elements(of: subprotocols ?? "").first { $0.begins(with: tokenPrefix) }
            .map { String(decoding: $0.utf8.dropFirst(tokenPrefix.utf8.count), as: UTF8.self) }
    }
}
