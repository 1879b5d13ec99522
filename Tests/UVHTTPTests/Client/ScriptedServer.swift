import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

/// A bare server that does with each connection what a test says, and a client that asks it, on one loop.
@LoopActor
final class ScriptedServer {
    let client: HTTPClient
    let host: TestServer

    /// Connections so far.
    private(set) var accepted = 0

    /// Those that are open.
    private(set) var open: [Socket] = []

    private lazy var server = Server { [unowned self] socket in serve(socket) }
    private let script: @LoopActor (ScriptedServer, Socket) -> Void

    init(
        _ host: TestServer, _ options: HTTPClient.Options,
        _ script: @escaping @LoopActor (ScriptedServer, Socket) -> Void
    ) {
        self.host = host
        self.script = script
        client = HTTPClient(options)
    }

    var url: String { "http://127.0.0.1:\(server.address?.port ?? 0)/" }

    private func serve(_ socket: Socket) {
        accepted += 1
        open.append(socket)
        socket.onError = { _ in }
        socket.onClose = { [self] _ in open.removeAll { $0 === socket } }
        // Otherwise the system keeps small pieces back for times that no clock of a test knows.
        socket.setNoDelay()
        script(self, socket)
    }

    fileprivate func listen() async {
        await withUnsafeContinuation { continuation in
            server.listen(port: 0) { continuation.resume() }
        }
    }

    fileprivate func stop() {
        client.closeAllConnections()
        server.close()
        for socket in open { socket.destroy() }
    }

    /// Lets the loop turn until something is true. The watchdog of `withLoop` ends a test that waits in vain.
    func until(_ condition: () -> Bool) async {
        while !condition() { await host.turns(1) }
    }
}

/// Runs `test` with a server that does `script` with each connection.
func withScript(
    _ options: HTTPClient.Options = HTTPClient.Options(), clock: ManualClock? = nil,
    _ script: @escaping @LoopActor (_ server: ScriptedServer, _ socket: Socket) -> Void,
    _ test: @escaping @LoopActor (ScriptedServer) async throws -> Void
) async {
    await withServer(clock: clock) { host in
        let server = ScriptedServer(host, options, script)
        await server.listen()
        defer { server.stop() }
        try await test(server)
    }
}

/// An answer of two bytes, and the beginning of one in chunks.
let shortAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
let chunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

extension Socket {
    /// Answers each request with `answer`.
    func answer(_ answer: String = shortAnswer) { onData = { [unowned self] _ in write(answer) } }

    /// Writes `start` when something has come, and then `piece` for as long as the other side takes it.
    func flood(_ start: String, _ piece: String) {
        let block = String(repeating: piece, count: 2_000)
        let go = { [unowned self] in while isWritable, write(block) {} }
        onDrain = go
        onData = { [unowned self] _ in
            write(start)
            go()
        }
    }
}
