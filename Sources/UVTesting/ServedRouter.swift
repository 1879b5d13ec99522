import UVCore
import UVHTTP

/// A router on a server that has no address, and a client of it: both made on the loop, when the first request comes.
@LoopActor
final class ServedRouter {
    private let makeRouter: @LoopActor () throws -> Router
    private let configure: @LoopActor (HTTPServer) throws -> Void
    private var made: Result<Ends, any Error>?

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
        let client = HTTPClient { onConnect in
            Socket.connect(toEndOf: { server.serve($0) }, onConnect)
        }
        return Ends(server: server, client: client)
    }

    /// All requests that are under way fail.
    func endConnections() {
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
