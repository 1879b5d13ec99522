import HTTPTypes
import UVCore
import UVHTTP

/// Events over HTTP: those that a client has missed, and all that come, as a stream.
@LoopActor
struct EventRoutes: ServerPart {
    private static let limits = 1...1_000
    private static let standardLimit = 100

    let live: LiveEvents
    let credentials: Credentials
    let origin: OriginMiddleware
    /// Whether the server takes nothing new any more.
    let isClosing: () -> Bool

    func addRoutes(to router: Router, behind gates: Gates) {
        router.get("/events", through: gates.members) { sendPage($0, $1) }
        // As for the WebSocket, the role is asked for where tokens are the server's own: a browser's `EventSource` has none.
        let members = credentials.isDevelopment ? [] : gates.members
        router.get("/events/stream", through: [ClosureMiddleware(admit)] + members) { openStream($0, $1) }
    }

    private func sendPage(_ request: IncomingMessage, _ response: ServerResponse) {
        do throws(QueryParameters.Invalid) {
            let query = request.query
            try query.allow(only: ["since", "epoch", "limit", "rooms"])
            let limit = try query.integer("limit", in: Self.limits) ?? Self.standardLimit
            EventPage.send(
                response, in: try ListenerRooms(query), from: try ResumePoint(query) ?? .now, limit: limit,
                of: live.history)
        } catch {
            response.end(error)
        }
    }

    private func openStream(_ request: IncomingMessage, _ response: ServerResponse) {
        do throws(QueryParameters.Invalid) {
            let query = request.query
            try query.allow(only: ["since", "epoch", "rooms"])
            let rooms = try ListenerRooms(query)
            let given = try ResumePoint(query)
            guard !isClosing() else { return response.end(.serviceUnavailable, "The server is stopping.") }
            // A browser that comes back has the position of the last event, and still the URL that it began with.
            let last = request.header(.lastEventID).flatMap { $0.isEmpty ? nil : ResumePoint(eventID: $0) }
            EventStream.open(response, in: rooms, from: last ?? given, of: live)
        } catch {
            response.end(error)
        }
    }

    /// A page from elsewhere cannot read the stream, and must not make the server keep one.
    private func admit(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        guard origin.admits(request) else { return origin.refuse(request, response) }
        try next()
    }
}
