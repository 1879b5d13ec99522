import HTTPTypes
import LoopTesting
import Testing
import UVCore
import UVHTTP

@testable import TaskService

/// The server in this process, asked over sockets.
@Suite struct WorkRoutesTests {
    private static let work = 2_000_000

    @Test("While a worker works /health is answered; while the loop works it waits")
    func order() async {
        for (path, expected) in [("worker-run", ["/health", "work"]), ("blocking", ["work", "/health"])] {
            let log = Log()
            await withServer { server in
                ask(server, "/tasks/reports/\(path)?iterations=\(Self.work)") { _ in
                    log("work")
                    if log.lines.count == 2 { server.loop.exit(0) }
                }
                ask(server, "/health") { _ in
                    log("/health")
                    if log.lines.count == 2 { server.loop.exit(0) }
                }
            }
            #expect(log.lines == expected)
        }
    }

    @Test("A stream asks for no more rows than its client reads")
    func backpressure() async {
        let rows = Rows()
        _ = await withLoop { loop in
            let http = HTTPServer { _, response in
                BodyStream.send(to: response) { piece in
                    rows.made += 1
                    piece += [UInt8](repeating: 0x61, count: 1_000)
                    return rows.made < 1_000_000
                }
            }
            http.listen(port: 0) {
                guard let port = http.address?.port else { return }
                let client = Socket.connect(port: port, host: "127.0.0.1")
                // Nothing is read: no callback is set.
                client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                var last = -1
                loop.setInterval(.milliseconds(300)) {
                    // Full at last: what the system takes, and one piece.
                    if rows.made == last { loop.exit(0) }
                    last = rows.made
                }
            }
        }
        #expect(rows.made > 0 && rows.made < 50_000)
    }

    private func withServer(_ body: @escaping @LoopActor (TaskServer) -> Void) async {
        let code = await withLoop { _ in
            let server = TaskServer.forTest()
            server.http.listen(port: 0) { body(server) }
        }
        #expect(code == 0)
    }

    /// Asks on a connection of its own; the requests arrive in the order in which they are sent.
    @LoopActor
    private func ask(_ server: TaskServer, _ path: String, then done: @escaping (String) -> Void) {
        guard let port = server.http.address?.port else { return }
        let socket = Socket.connect(port: port, host: "127.0.0.1")
        var received = ""
        socket.onData = { received += String(decoding: $0, as: UTF8.self) }
        socket.onEnd = { done(received) }
        socket.write(
            "GET \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: secret-admin-123\r\nConnection: close\r\n\r\n")
    }
}

/// How many rows a stream has asked for.
@LoopActor
private final class Rows {
    // Unsafe only for the look at it when the loop, which alone changes it, has ended.
    nonisolated(unsafe) var made = 0

    nonisolated init() {}
}
