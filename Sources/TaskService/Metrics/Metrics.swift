import TaskEngine
import TaskStorage
import UVCore
import UVHTTP
import UVWebSocket

/// What operators scrape. Nothing here is counted for it alone but by a few increments: a scrape reads what there is.
@LoopActor
final class Metrics {
    let board: TaskBoard
    let queue: WorkQueue
    let live: LiveEvents
    let http: HTTPServer
    let events: EventTally
    let eventLog: any EventLog
    let isReady: () -> Bool
    let memory: MemoryManager
    let loopDelay: DelayMonitor
    let startedAt = Timestamp.now
    private var roster = ProjectRoster()
    /// The memory of the last scrape, for the next.
    private var buffer: [UInt8] = []

    init(of server: TaskServer, _ memory: MemoryManager, _ loopDelay: DelayMonitor) {
        (board, queue, live, http) = (server.board, server.queue, server.live, server.http)
        (events, eventLog) = (server.events, server.eventLog)
        (self.memory, self.loopDelay) = (memory, loopDelay)
        isReady = { [unowned server] in server.unreadiness == nil }
    }

    /// Ends the response with all of them.
    ///
    /// - Complexity: O(routes + listeners), whatever the number of tasks and projects.
    func send(to request: IncomingMessage, _ response: ServerResponse) {
        let format = MetricsText.Format(accept: request.header(known: .accept))
        var text = MetricsText(format, in: buffer.take())
        writeHTTP(to: &text)
        writeLive(to: &text)
        writeTasks(to: &text)
        writeLog(to: &text)
        writeProcess(to: &text)
        text.end()
        response.setHeader(.contentType, "\(format.contentType)")
        response.setHeader(.cacheControl, "no-store")
        response.end(text.bytes.span.bytes)
        buffer = text.bytes
    }
}

extension Array {
    fileprivate mutating func take() -> Self {
        var taken: Self = []
        swap(&taken, &self)
        return taken
    }
}

// MARK: - Requests and listeners

extension Metrics {
    private func writeHTTP(to text: inout MetricsText) {
        guard let tally = http.tally else { return }
        let rows = (0...tally.routes.count).map { (labels: Self.labels(of: $0, in: tally), row: tally.row($0)) }
            .filter { $0.row.count > 0 }
        text.family("taskflow_http_requests_total", .counter, "Answers that were sent, by route and status.")
        for (labels, row) in rows {
            for (place, status) in RequestTally.statuses.enumerated() where row.answers(at: place) > 0 {
                text.sample(
                    "taskflow_http_requests_total", row.answers(at: place), labels: labels.with("status", "\(status)"))
            }
        }
        let name: StaticString = "taskflow_http_request_duration_seconds"
        text.family(name, .histogram, "From the head of a request to the end of its answer, to the millisecond.")
        for (labels, row) in rows {
            let spans = (0...RequestTally.bounds.count).lazy.map { row.answers(within: $0) }
            text.histogram(name, spans, milliseconds: row.milliseconds, labels: labels)
        }
        text.single(
            "taskflow_http_requests_aborted_total", .counter, "Answers whose connection ended first.",
            tally.abortedCount)
        text.single("taskflow_http_connections", .gauge, "Connections that speak HTTP.", http.connectionCount)
    }

    private static func labels(of route: Int, in tally: RequestTally) -> Labels {
        guard route < tally.routes.count else { return Labels("method", "").with("route", "") }
        return Labels("method", tally.routes[route].method).with("route", tally.routes[route].path)
    }

    private func writeLive(to text: inout MetricsText) {
        let hub = live.hub
        text.single("taskflow_websocket_members", .gauge, "WebSockets that hear events.", hub.memberCount)
        text.single("taskflow_websocket_rooms", .gauge, "Rooms with a member.", hub.roomCount)
        text.single(
            "taskflow_websocket_waiting_bytes", .gauge, "Bytes that wait for clients to read.",
            hub.members.reduce(0) { $0 + $1.bufferedAmount })
        text.single(
            "taskflow_websocket_slow_closes_total", .counter, "WebSockets that were closed since they read too slowly.",
            hub.slowConsumersClosed)
        text.single("taskflow_event_streams", .gauge, "Open streams of server-sent events.", live.streams.count)
    }
}

// MARK: - Tasks

extension Metrics {
    private static let states: [(state: TaskState, label: Label)] = [
        (.waiting, Label(name: "state", value: "waiting")), (.scheduled, Label(name: "state", value: "scheduled")),
        (.ready, Label(name: "state", value: "ready")), (.running, Label(name: "state", value: "running")),
        (.held, Label(name: "state", value: "held")), (.completed, Label(name: "state", value: "completed")),
        (.failed, Label(name: "state", value: "failed")), (.cancelled, Label(name: "state", value: "cancelled")),
    ]

    private static let causes: [Label] = TaskEvent.Cause.Kind.allCases.map { Label(name: "cause", value: $0.label) }

    private func writeTasks(to text: inout MetricsText) {
        let store = board.store
        roster.look(at: store)
        let name: StaticString = "taskflow_tasks"
        text.family(name, .gauge, "Tasks by project and state; those of projects without a place here as other.")
        var rest = Dictionary(uniqueKeysWithValues: Self.states.map { ($0.state, store.counts[$0.state]) })
        for project in [nil] + roster.names.map(Optional.some) {
            let (labels, counts) = (Labels("project", project?.text ?? "~"), store.counts(of: project))
            for (state, label) in Self.states {
                text.sample(name, counts[state], labels: labels, last: label)
                rest[state, default: 0] -= counts[state]
            }
        }
        let labels = Labels("project", ProjectRoster.rest)
        for (state, label) in Self.states { text.sample(name, rest[state] ?? 0, labels: labels, last: label) }
        writeQueue(to: &text)
    }

    private func writeQueue(to text: inout MetricsText) {
        text.single("taskflow_payload_bytes", .gauge, "Bytes of all payloads and results.", board.store.bodyBytes)
        text.single("taskflow_claims_waiting", .gauge, "Claims that wait for a task.", queue.claims.count)
        text.family("taskflow_events_total", .counter, "What this server has changed.")
        for (kind, count) in zip(EventTally.names, events.kinds) {
            text.sample("taskflow_events_total", count, last: Label(name: "event", value: kind))
        }
        text.family(
            "taskflow_transitions_total", .counter, "Transitions of the work queue that this server has decided.")
        for (cause, count) in zip(Self.causes, events.causes) {
            text.sample("taskflow_transitions_total", count, last: cause)
        }
    }
}

extension TaskEvent.Cause.Kind {
    /// Its name, as a text of the program.
    fileprivate var label: StaticString {
        switch self {
        case .ready: "ready"
        case .claimed: "claimed"
        case .completed: "completed"
        case .retrying: "retrying"
        case .released: "released"
        case .undelivered: "undelivered"
        case .expired: "expired"
        case .timedOut: "timedOut"
        case .failed: "failed"
        case .cancelled: "cancelled"
        case .retried: "retried"
        case .retention: "retention"
        }
    }
}
