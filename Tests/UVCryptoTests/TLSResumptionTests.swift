import LoopTesting
import Testing
import UVCore
import UVCrypto
import UVHTTP

@Suite("A client goes on with the session that it has agreed with a server before")
struct TLSResumptionTests {
    /// Connects to `hosts`, one behind the other, and says of each connection whether it was resumed.
    private func connect(
        to hosts: [String], server: TLSConfiguration = TLSConfiguration(identities: [Certificates.identity("server")]),
        before: @escaping @LoopActor (Int, _ server: TLSContext, _ client: TLSContext) throws -> Void = { _, _, _ in }
    ) async -> [String] {
        let log = Log()
        let code = await withLoop { _ in
            let (tls, trusting) = (try TLSContext(server), try TLSContext(serverAuthorityFile: Certificates.authority))
            let server = Server(tls: tls) { socket in socket.end("hello") }
            @LoopActor func connect(_ index: Int) throws {
                guard index < hosts.count else { return server.close() }
                try before(index, tls, trusting)
                let port = server.address?.port ?? 0
                let client = Socket.connect(port: port, host: hosts[index], tls: trusting) { socket in
                    let layer = socket.layer as? TLSConnection
                    log(layer.map { $0.isResumed ? "resumed" : "new" } ?? "plain")
                }
                client.onError = { log($0.message) }
                // The tickets come before the content.
                client.resume()
                client.onClose = { _ in try connect(index + 1) }
            }
            server.listen(port: 0) { try connect(0) }
        }
        #expect(code == 0)
        return log.lines
    }

    @Test("The second connection is resumed, and so are those behind it")
    func resumed() async {
        let hosts = [String](repeating: "127.0.0.1", count: 4)
        #expect(await connect(to: hosts) == ["new", "resumed", "resumed", "resumed"])
    }

    @Test("By another name there is nothing to resume, whatever answers")
    func names() async {
        let hosts = ["localhost", "127.0.0.1", "localhost", "127.0.0.1"]
        #expect(await connect(to: hosts) == ["new", "new", "resumed", "resumed"])
    }

    @Test("Servers at two paths are two, whatever name they have")
    func paths() async throws {
        let (folder, log) = (try TemporaryFolder(), Log())
        let code = await withLoop { _ in
            let trusting = try TLSContext(serverAuthorityFile: Certificates.authority)
            let servers = try ["a", "b"].map { name in
                let identity = Certificates.identity("server")
                let server = Server(tls: try TLSContext(TLSConfiguration(identities: [identity]))) { socket in
                    socket.end("hello")
                }
                server.listen(path: "\(folder.path)/\(name)")
                return server
            }
            @LoopActor func connect(_ names: ArraySlice<String>) {
                guard let name = names.first else { return servers.forEach { $0.close() } }
                var layer: TLSConnection?
                let client = Socket.connect(path: "\(folder.path)/\(name)", tls: trusting) {
                    log(layer.map { $0.isResumed ? "resumed" : "new" } ?? "plain")
                }
                layer = client.layer as? TLSConnection
                client.resume()
                client.onClose = { _ in connect(names.dropFirst()) }
            }
            connect(["a", "b", "a", "b"])
        }
        #expect(code == 0)
        #expect(log.lines == ["new", "new", "resumed", "resumed"])
    }

    @Test("A server that has lost its keys agrees anew")
    func lostKeys() async {
        let lines = await connect(to: [String](repeating: "127.0.0.1", count: 4)) { index, server, _ in
            if index == 2 { try server.reload() }
        }
        #expect(lines == ["new", "resumed", "new", "resumed"])
    }

    @Test("A client that has read its authorities anew asks for the certificate again")
    func reload() async {
        let lines = await connect(to: [String](repeating: "127.0.0.1", count: 3)) { index, _, client in
            if index == 1 { try client.reload() }
        }
        #expect(lines == ["new", "new", "resumed"])
    }

    @Test("HTTPClient's second connection is resumed")
    func http() async {
        let log = Log()
        _ = await withLoop { loop in
            let tls = Recording(try TLSContext(TLSConfiguration(identities: [Certificates.identity("server")])))
            let server = HTTPServer(tls: tls) { request, response in
                log(tls.last?.isResumed == true ? "resumed" : "new")
                response.setHeader(.connection, "close")
                response.end("hello")
            }
            server.listen(port: 0) {
                let url = "https://localhost:\(server.address?.port ?? 0)/"
                loop.spawn {
                    let client = HTTPClient(tls: try TLSContext(serverAuthorityFile: Certificates.authority))
                    for _ in 0..<3 { _ = try await client.get(url).body(upTo: 100) }
                    client.closeAllConnections()
                    server.close()
                }
            }
        }
        #expect(log.lines == ["new", "resumed", "resumed"])
    }
}

/// Shows the layer of the connection that was accepted last.
@LoopActor
private final class Recording: SocketSecurity {
    private let context: TLSContext
    private(set) var last: TLSConnection?

    init(_ context: TLSContext) { self.context = context }

    var handshakeLimit: Int { context.handshakeLimit }
    var handshakeTimePerTurn: Duration { context.handshakeTimePerTurn }

    func layerForServer() throws(LoopError) -> any SocketLayer {
        let layer = try context.layerForServer()
        last = layer as? TLSConnection
        return layer
    }

    func layerForClient(of host: String, port: Int) throws(LoopError) -> any SocketLayer {
        try context.layerForClient(of: host, port: port)
    }
}
