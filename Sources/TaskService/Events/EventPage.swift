import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP

/// The events that a client has missed, as one answer: those that fit, and how far they reach.
@LoopActor
final class EventPage {
    /// From how many bytes on no further event is added; the client asks for the rest.
    nonisolated static let pageBytes = 1 << 20

    private let response: ServerResponse
    private let history: EventHistory
    private let limit: Int
    private let pump: FeedPump
    private var events = JSONText(beginning: [UInt8(ascii: "[")])
    private var count = 0

    /// An answer that is made whole before it is sent: there is never one too much.
    let isFull = false

    private init(_ response: ServerResponse, _ history: EventHistory, limit: Int) {
        self.response = response
        self.limit = limit
        self.history = history
        pump = FeedPump(history)
    }

    /// Answers with events of `rooms`, `limit` of them at most.
    static func send(
        _ response: ServerResponse, in rooms: ListenerRooms, from point: ResumePoint, limit: Int,
        of history: EventHistory
    ) {
        let page = EventPage(response, history, limit: limit)
        response.whenClosed { page.pump.end() }
        // An answer behind others is looked for when its turn comes.
        response.whenCurrent { page.pump.begin(rooms, from: point, to: page) }
    }
}

extension EventPage: FeedOutlet {
    func begin(_ opening: Feed.Opening) {
        guard opening.recovered == false else { return }
        pump.end()
        let what = "What came behind that one is not known here: read the tasks, and go on behind details.seq."
        response.end(.historyGone, what) {
            $0.member("epoch", self.history.epochName)
            $0.member("seq", opening.sequence)
        }
    }

    func send(_ json: [UInt8], of event: TaskEvent) {
        events.element(json: json.span.bytes)
        count += 1
        if count == limit || events.bytes.count >= Self.pageBytes { end(at: event.sequence) }
    }

    /// Never called: the answer has ended where tasks would begin.
    func send(_ page: SnapshotWalk.Page) {}

    /// There are no more.
    func goLive() { end(at: pump.position) }

    func refuse() {
        response.end(.storageUnavailable, "These events cannot be read now: ask again, or another server.")
    }

    private func end(at sequence: Int) {
        pump.end()
        events.endArray()
        let array = events.bytes
        response.endObject { json in
            json.member("epoch", history.epochName)
            json.member("seq", sequence)
            json.member("events", json: array.span.bytes)
        }
    }
}
