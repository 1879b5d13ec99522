import TaskEngine
import UVCore
import UVWebSocket

/// One listener: what it asks is done, and answered on its connection.
///
/// While it is told what it has missed it is in no room of the hub; it enters its rooms in the turn in which nothing is
/// missing any more.
@LoopActor
final class LiveClient {
    private let id: String
    private let socket: WebSocket
    private let hub: WebSocketHub
    private let epoch: String
    private let pump: FeedPump
    /// The rooms of the hub that it is in.
    private var entered: [RoomName] = []
    private var isGreeted = false
    /// Whether the last message to it was one too many for now.
    private(set) var isFull = false
    /// Runs for a client that keeps its position.
    private var clock: Timeout?
    /// The hub's last message to it when the clock was looked at.
    private var lastHeard = UInt64(0)

    /// How long a client that keeps its position hears nothing before it is told that it has missed nothing.
    static let quiet: Duration = .seconds(30)

    init(_ id: String, on socket: WebSocket, in hub: WebSocketHub, _ history: EventHistory) {
        self.id = id
        self.socket = socket
        self.hub = hub
        epoch = history.epochName
        pump = FeedPump(history)
    }

    /// Greets the client, and listens to it until it closes: the socket keeps it.
    func start(in rooms: ListenerRooms, from point: ResumePoint?) {
        hub.add(socket)
        socket.onMessage = { [self] message in receive(message) }
        socket.onDrain = { [self] in didDrain() }
        let previous = socket.onClose
        socket.onClose = { [self] code, reason in
            end()
            try previous?(code, reason)
        }
        begin(rooms, from: point)
    }

    private func end() {
        pump.end()
        clock?.cancel()
    }

    private func didDrain() {
        isFull = false
        if !pump.feed.isAsking { socket.resume() }
        pump.didDrain()
    }
}

// MARK: - What it asks

extension LiveClient {
    private func receive(_ message: WebSocketMessage) {
        guard message.kind == .text else { return socket.close(.unsupportedData, reason: "Only text is accepted") }
        do throws(ListenerRequest.Refusal) {
            perform(try ListenerRequest(message.bytes))
        } catch {
            answer("error") { json in
                json.member("code", error.code)
                json.member("message", error.message)
            }
        }
    }

    private func perform(_ request: ListenerRequest) {
        switch request {
        case .subscribe(let rooms, from: nil):
            change(to: ListenerRooms(rooms))
        case .subscribe(let rooms, from: .some(let point)):
            enter([])
            begin(ListenerRooms(rooms), from: point)
        case .unsubscribe(let leaving):
            let leaving = Set(leaving)
            change(to: ListenerRooms(pump.feed.rooms.names.filter { !leaving.contains($0) }))
        case .ping:
            answer("pong") { $0.member("seq", pump.position) }
        }
    }

    private func begin(_ rooms: ListenerRooms, from point: ResumePoint?) {
        if point != nil { keepPosition() }
        pump.begin(rooms, from: point, to: self)
        // What it asks meanwhile is answered behind that.
        if pump.feed.isAsking { socket.pause() }
    }

    private func change(to rooms: ListenerRooms) {
        pump.change(to: rooms)
        if pump.feed.isLive { enter(rooms.names) }
        confirm(Feed.Opening(sequence: pump.position, recovered: nil))
    }

    /// Leaves the rooms the client is in for others.
    private func enter(_ rooms: [RoomName]) {
        let (former, wanted) = (Set(entered), Set(rooms))
        for room in entered where !wanted.contains(room) { hub.leave(socket, room) }
        // There are no more of them than the hub allows: that was checked before.
        for room in rooms where !former.contains(room) { try? hub.join(socket, room) }
        entered = rooms
    }

    /// Tells the client its position now and then while it hears nothing, so that it does not ask for all of that again.
    private func keepPosition() {
        guard clock == nil else { return }
        lastHeard = hub.lastHeard(by: socket)
        clock = EventLoop.current.setInterval(Self.quiet) { [self] in
            let heard = hub.lastHeard(by: socket)
            if heard == lastHeard, pump.feed.isLive { answer("position") { $0.member("seq", pump.position) } }
            lastHeard = heard
        }
        clock?.unref()
    }
}

// MARK: - What it is told

extension LiveClient: FeedOutlet {
    func begin(_ opening: Feed.Opening) {
        if isGreeted { confirm(opening) } else { greet(opening) }
        isGreeted = true
        if !isFull { socket.resume() }
    }

    func send(_ json: [UInt8], of event: TaskEvent) { send(json) }

    func send(_ page: SnapshotWalk.Page) { send(page.json) }

    func goLive() { enter(pump.feed.rooms.names) }

    func refuse() { socket.close(.tryAgainLater, reason: "The events cannot be read now") }

    private func greet(_ opening: Feed.Opening) {
        answer("connection.ready") { json in
            json.member("clientId", id)
            json.rooms(pump.feed.rooms)
            json.member("heartbeat", Int(hub.heartbeat.components.seconds))
            json.member("timestamp", Timestamp.now)
            json.members(of: opening, epoch)
        }
    }

    private func confirm(_ opening: Feed.Opening) {
        answer("subscription.confirmed") { json in
            json.rooms(pump.feed.rooms)
            json.members(of: opening, epoch)
        }
    }

    private func answer(_ event: String, _ body: (inout JSONText) -> Void) {
        send(
            JSONText.object { json in
                json.member("event", event)
                body(&json)
            })
        // While a client asks and does not read the answers, it is not listened to.
        if isFull { socket.pause() }
    }

    private func send(_ json: [UInt8]) { isFull = !socket.send(json: json) }
}

extension JSONText {
    mutating func rooms(_ rooms: ListenerRooms) {
        array("rooms") { json in for name in rooms.names { json.element(name.text) } }
    }

    /// Where a listener's events begin, in the history of that name.
    mutating func members(of opening: Feed.Opening, _ epoch: String) {
        member("epoch", epoch)
        member("seq", opening.sequence)
        if let recovered = opening.recovered { member("recovered", recovered) }
    }
}
