import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP
import UVWebSocket

/// One listener whose events are a response without an end: server-sent events, as the HTML standard has them, section 9.2.
///
/// ```
/// retry: 2000
///
/// id: EPOCH:SEQ
/// data: {"event":"task.created", …}
///
/// :
/// ```
///
/// An id stands with what the listener may go on behind, and nowhere else: amid a snapshot there is none. When a client does
/// not take what happens as fast as it happens, it is told from the log again, so nothing piles up for it.
@LoopActor
final class EventStream {
    /// How often a comment is sent, so that what lies between the two ends keeps the connection.
    static let pulse: Duration = .seconds(15)
    /// After how long a client comes back by itself.
    private static let retry: Duration = .seconds(2)

    private let response: ServerResponse
    private let live: LiveEvents
    private let pump: FeedPump
    private let epoch: String
    private var clock: Timeout?
    private(set) var isFull = false

    private init(_ response: ServerResponse, _ live: LiveEvents) {
        self.response = response
        self.live = live
        pump = FeedPump(live.history)
        epoch = live.history.epochName
    }

    /// Answers with the events of `rooms` until the client or the server ends.
    static func open(
        _ response: ServerResponse, in rooms: ListenerRooms, from point: ResumePoint?, of live: LiveEvents
    ) {
        response.setHeader(.contentType, "text/event-stream")
        response.setHeader(.cacheControl, "no-store")
        guard !response.answersHead else {
            response.writeHead(.ok)
            return response.end()
        }
        let stream = EventStream(response, live)
        // The response keeps the stream until it is done with.
        response.onDrain = { stream.didDrain() }
        response.whenClosed { stream.close() }
        response.onClientEnd = { stream.end(nil) }
        response.whenCurrent { stream.start(in: rooms, from: point) }
    }

    private func start(in rooms: ListenerRooms, from point: ResumePoint?) {
        guard !response.isEnded, live.streams.add(self) else { return response.end() }
        response.writeHead(.ok)
        write("retry: \(Self.retry.wholeMilliseconds)\n\n")
        clock = EventLoop.current.setInterval(Self.pulse) { [self] in sendPulse() }
        clock?.unref()
        pump.begin(rooms, from: point, to: self)
    }

    private func didDrain() {
        isFull = false
        pump.didDrain()
    }

    private func close() {
        live.streams.remove(self)
        pump.end()
        clock?.cancel()
    }

    /// Ends the response: the client has ended its side, or the server stops. A client that finds no server asks again and
    /// again after the time of `hint`: so that is no shorter than the usual one.
    func end(_ hint: ReturnHint?) {
        close()
        if let hint { write("retry: \((Self.retry + hint.delay).wholeMilliseconds)\n\n") }
        response.end()
    }
}

// MARK: - What happens

extension EventStream: LiveStream {
    var rooms: ListenerRooms { pump.feed.rooms }

    func deliver(_ json: [UInt8], of event: TaskEvent) {
        send(json, of: event)
        guard isFull else { return }
        live.streams.leave(self)
        pump.fallBehind(at: event.sequence)
    }

    /// Says that the connection is there and, where nothing is missing, how far the client has come.
    private func sendPulse() {
        guard !isFull else { return }
        write(pump.feed.isLive ? ":\n\(idLine(pump.position))\n" : ":\n\n")
    }
}

// MARK: - What it is told

extension EventStream: FeedOutlet {
    func begin(_ opening: Feed.Opening) {
        let json = JSONText.object { json in
            json.member("event", "connection.ready")
            json.rooms(pump.feed.rooms)
            json.member("timestamp", Timestamp.now)
            json.members(of: opening, epoch)
        }
        send(json, at: pump.position == opening.sequence ? opening.sequence : nil)
    }

    func send(_ json: [UInt8], of event: TaskEvent) { send(json, at: event.sequence) }

    func send(_ page: SnapshotWalk.Page) { send(page.json, at: page.isLast ? page.sequence : nil) }

    func goLive() { live.streams.enter(self) }

    func refuse() { end(nil) }

    /// Sends a message, and the position behind it, if it has one.
    private func send(_ json: [UInt8], at sequence: Int?) {
        var block = Array((sequence.map(idLine) ?? "").utf8)
        block.reserveCapacity(block.count + json.count + 8)
        block.append(contentsOf: "data: ".utf8)
        block.append(contentsOf: json)
        block.append(contentsOf: "\n\n".utf8)
        isFull = !response.write(block)
    }

    private func write(_ text: String) { isFull = !response.write(text) }

    private func idLine(_ sequence: Int) -> String { "id: \(epoch):\(sequence)\n" }
}
