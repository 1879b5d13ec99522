import HTTPTypes
import UVCore
import UVHTTP
import UVWebSocket

/// A router on a server that has no address, and a client of it: both made on the loop, when the first request comes.
@LoopActor
final class ServedRouter {
    private let makeRouter: @LoopActor () throws -> Router
    private let configure: @LoopActor (HTTPServer) throws -> Void
    private var made: Result<Ends, any Error>?
    /// The client's ends of WebSockets that were opened, of which some may be closed.
    private var webSockets: [WebSocket] = []

    struct Ends {
        let server: HTTPServer
        let client: HTTPClient
    }

    nonisolated init(
        _ makeRouter: @escaping @LoopActor () throws -> Router,
        _ configure: @escaping @LoopActor (HTTPServer) throws -> Void
    ) {
        self.makeRouter = makeRouter
        self.configure = configure
    }

    /// The server and the client; what making the router has thrown is thrown each time.
    func ends() throws -> Ends {
        if let made { return try made.get() }
        let made = Result { try make() }
        self.made = made
        TestLoop.served[ObjectIdentifier(self)] = self
        return try made.get()
    }

    private func make() throws -> Ends {
        let server = HTTPServer(try makeRouter())
        try configure(server)
        return Ends(server: server, client: Self.makeClient(of: server))
    }

    private static func makeClient(of server: HTTPServer) -> HTTPClient {
        HTTPClient { onConnect in Socket.connect(toEndOf: { server.serve($0) }, onConnect) }
    }

    /// Opens a WebSocket of `test`, whose messages wait for what takes them one after another.
    func openWebSocket(
        _ url: WebSocketURL, _ headers: HTTPFields, _ subprotocols: [String], of test: TestClient
    ) async throws -> TestWebSocket {
        // By a client of its own: one whose WebSocket was refused is not used again.
        let client = Self.makeClient(of: try ends().server)
        let socket = try await WebSocketClient.connect(
            to: url, through: client, fields: headers, subprotocols: subprotocols)
        webSockets = webSockets.filter { $0.readyState != .closed } + [socket]
        return TestWebSocket(socket, of: test)
    }

    /// All requests that are under way fail, and WebSockets are lost.
    func endConnections() {
        for socket in webSockets { socket.terminate() }
        webSockets = []
        guard case .success(let ends) = made else { return }
        ends.client.closeAllConnections()
        ends.server.closeAllConnections()
    }

    /// Its client is gone.
    func end() {
        endConnections()
        TestLoop.served[ObjectIdentifier(self)] = nil
        made = nil
    }
}
