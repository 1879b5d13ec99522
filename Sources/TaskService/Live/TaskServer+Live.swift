import HTTPTypes
import UVCore
import UVHTTP
import UVWebSocket

/// `WS /ws/tasks`. Only a request that passes every check leaves HTTP. The route answers every other one, as it answers
/// any request.
extension TaskServer {
    func addLiveRoutes() {
        http.shouldUpgrade = { [self] request in
            request.asks(for: LiveEvents.path) && refusal(of: request) == nil
        }
        http.onUpgrade = { [self] request, socket, head in
            access?.begin(request, socket)
            live.upgrader.upgrade(request, socket, head)
        }
        if let access {
            live.onOpen = { [self] socket, request in
                access.watch(socket, openedBy: request, requestID: name(of: request))
            }
        }
        router.get(LiveEvents.path) { [self] request, response in
            refuse(refusal(of: request) ?? .handshake(.notAnUpgrade), request, response)
        }
        router.get("/tasks/system/ws", through: chain(for: .members)) { [self] _, response in
            response.endObject { live.writeStatistics(to: &$0) }
        }
    }

    /// Why a request opens no WebSocket.
    private enum Refusal {
        case host, origin, token, rooms, stopping
        case handshake(Handshake.RequestError)
    }

    /// The reason to refuse the request, the first in the order of the contract; nil if there is none.
    private func refusal(of request: IncomingMessage) -> Refusal? {
        let credentials = configuration.credentials
        if credentials.isDevelopment, !HostMiddleware.admits(request) { return .host }
        guard origin.admits(request) else { return .origin }
        guard credentials.isDevelopment || role(of: request) != nil else { return .token }
        if let error = WebSocketUpgrader.refusal(of: request) { return .handshake(error) }
        if LiveEvents.rooms(of: request) == nil { return .rooms }
        return http.isClosing ? .stopping : nil
    }

    /// The role whose token a request for a WebSocket shows.
    func role(of request: IncomingMessage) -> Role? {
        let credentials = configuration.credentials
        let token = LiveEvents.token(in: request.header(.secWebSocketProtocol))
        return credentials.role(authorization: request.header(.authorization)) ?? token.flatMap(credentials.role)
    }

    /// Whether a request for a WebSocket shows a token at all.
    private func showsToken(_ request: IncomingMessage) -> Bool {
        if case .some = request.header(.authorization) { return true }
        if case .some = LiveEvents.token(in: request.header(.secWebSocketProtocol)) { return true }
        return false
    }

    private func refuse(_ refusal: Refusal, _ request: IncomingMessage, _ response: ServerResponse) {
        switch refusal {
        case .host: HostMiddleware(refusals: refusals).refuse(request, response)
        case .origin: origin.refuse(request, response)
        case .token:
            if showsToken(request) { refusals.count(.token, request) }
            AuthMiddleware.refuse(response)
        case .rooms: response.end(invalid: "rooms", "rooms must be 1 to 128 names of 1 to 128 bytes, between commas.")
        case .stopping: response.end(.serviceUnavailable, "The server is stopping.")
        case .handshake(let error) where error.status == 400: response.end(.badRequest, "\(error.message).")
        case .handshake(let error):
            response.setHeader(.secWebSocketVersion, Handshake.version)
            // RFC 9110 section 7.8: a message that names another protocol names it for this connection.
            response.setHeader(.upgrade, "websocket")
            response.setHeader(.connection, "Upgrade")
            response.end(.upgradeRequired, "\(error.message).")
        }
    }
}
