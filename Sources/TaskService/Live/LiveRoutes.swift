import HTTPTypes
import UVCore
import UVHTTP
import UVWebSocket

/// `WS /ws/tasks`. A request that does not pass every check is answered, as any request is.
@LoopActor
struct LiveRoutes: ServerPart {
    let live: LiveEvents
    let credentials: Credentials
    let origin: OriginMiddleware
    let refusals: RefusalLog
    /// Nil where no line would be written.
    let access: AccessLog?
    /// Nil where nothing is compressed.
    let deflate: PerMessageDeflate?
    /// Whether the server takes nothing new any more.
    let isClosing: () -> Bool

    func addRoutes(to router: Router, behind gates: Gates) {
        // The pages that may are those of `--origin`, which a middleware of the server's own looks at.
        router.webSocket(
            LiveEvents.path, origins: .any,
            through: [ClosureMiddleware(admit)],
            subprotocols: [LiveEvents.subprotocol], deflate: deflate
        ) { socket, request in
            access?.watch(socket, openedBy: request)
            // Bad ones did not get here.
            let query = request.query
            live.open(socket, in: try ListenerRooms(query), from: try ResumePoint(query))
        }
        router.get("/tasks/system/ws", through: gates.members) { _, response in
            response.endObject { json in
                json.member("pid", Int(EventLoop.processID))
                live.writeStatistics(to: &json)
            }
        }
    }

    /// Why a request opens no WebSocket.
    private enum Refusal {
        case origin, token, stopping
        case query(QueryParameters.Invalid)
        case handshake(Handshake.RequestError)
    }

    /// Passes a request on that opens a WebSocket, with the role that it shows.
    private func admit(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        request[Role.self] = role(of: request)
        if let refusal = refusal(of: request) { return refuse(refusal, request, response) }
        try next()
    }

    /// The reason to refuse the request, the first in the order of the contract; nil if there is none.
    private func refusal(of request: IncomingMessage) -> Refusal? {
        guard origin.admits(request) else { return .origin }
        if !credentials.isDevelopment, request[Role.self] == nil { return .token }
        if let error = WebSocketUpgrader.refusal(of: request) { return .handshake(error) }
        if let invalid = invalidParameter(of: request) { return .query(invalid) }
        return isClosing() ? .stopping : nil
    }

    /// What is wrong with what the request asks for; parameters of other names are not looked at.
    private func invalidParameter(of request: IncomingMessage) -> QueryParameters.Invalid? {
        do throws(QueryParameters.Invalid) {
            let query = request.query
            _ = try ListenerRooms(query)
            _ = try ResumePoint(query)
            return nil
        } catch {
            return error
        }
    }

    /// The role whose token a request for a WebSocket shows.
    private func role(of request: IncomingMessage) -> Role? {
        let token = LiveEvents.token(in: request.header(.secWebSocketProtocol))
        let role = request.withHeader(.authorization) { credentials.role(authorization: $0) } ?? nil
        return role ?? token.flatMap(credentials.role)
    }

    /// Whether a request for a WebSocket shows a token at all.
    private func showsToken(_ request: IncomingMessage) -> Bool {
        if case .some = request.header(.authorization) { return true }
        if case .some = LiveEvents.token(in: request.header(.secWebSocketProtocol)) { return true }
        return false
    }

    private func refuse(_ refusal: Refusal, _ request: IncomingMessage, _ response: ServerResponse) {
        switch refusal {
        case .origin: origin.refuse(request, response)
        case .token:
            if showsToken(request) { refusals.count(.token, request) }
            AuthMiddleware.refuse(response)
        case .query(let invalid): response.end(invalid)
        case .stopping: response.end(.serviceUnavailable, "The server is stopping.")
        case .handshake(let error) where error.status == .badRequest: response.end(.badRequest, "\(error.message).")
        case .handshake(let error):
            for field in Handshake.RequestError.notAnUpgrade.fields { response.setHeader(field.name, field.value) }
            response.end(.upgradeRequired, "\(error.message).")
        }
    }
}
