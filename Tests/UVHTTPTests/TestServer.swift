import LoopTesting
import Testing
import UVCore
import UVHTTP

/// A server on a loop of its own, and the clients that a test opens to it.
@LoopActor
final class TestServer {
    let loop: EventLoop
    private(set) lazy var http = HTTPServer { [unowned self] in try onRequest($0, $1) }

    /// The handler.
    var onRequest: HTTPServer.Handler = { _, response in response.end() }

    private let clock: ManualClock?
    private var clients: [TestClient] = []

    fileprivate init(on loop: EventLoop, clock: ManualClock?) {
        self.loop = loop
        self.clock = clock
    }

    var port: Int { http.address?.port ?? 0 }

    /// Opens a connection.
    ///
    /// - Parameter staysOpen: Whether the client keeps its side open when the server has ended.
    func connect(staysOpen: Bool = false) -> TestClient {
        let client = TestClient(port: port, staysOpen: staysOpen)
        clients.append(client)
        return client
    }

    /// Sends `request` on a connection of its own and returns all that comes until the server has ended it.
    func exchange(_ request: String) async -> String {
        let client = connect()
        client.send(request)
        await client.untilEnd()
        return client.text
    }

    /// Lets the loop turn a few times: what is under way between the sockets of this process has arrived then.
    func turns(_ count: Int = 5) async {
        for _ in 0..<count {
            await withUnsafeContinuation { continuation in
                loop.setImmediate { continuation.resume() }
            }
        }
    }

    /// Lets what is under way arrive, and then time pass, in steps, so that timers are run as if it did.
    func pass(_ time: Duration, in step: Duration = .milliseconds(500)) async {
        await turns()
        var rest = time
        while rest > .zero {
            clock?.advance(by: min(rest, step))
            rest -= step
            await turns(2)
        }
        await turns()
    }

    fileprivate func finish() {
        for client in clients { client.destroy() }
        http.closeAllConnections()
        http.close()
    }
}

/// Runs `test` with a server, and closes everything when it has returned.
func withServer(
    clock: ManualClock? = nil, _ test: @escaping @LoopActor (TestServer) async throws -> Void
) async {
    let code = await withLoop(clock: clock.map { .manual($0) } ?? .system) { loop in
        let server = TestServer(on: loop, clock: clock)
        server.http.listen(port: 0) {
            loop.spawn {
                do {
                    try await test(server)
                } catch {
                    Issue.record(error)
                }
                server.finish()
            }
        }
    }
    #expect(code == 0)
}
