import LoopTesting
import Testing
import UVCore
import UVCrypto

/// A server and a client that shake hands by TLS over the loopback. The server says "hello" and ends; what happens at each
/// end is a line.
struct Conversation {
    var server = TLSConfiguration(identities: [Certificates.identity("server")])
    var client = TLSConfiguration(serverAuthorityFile: Certificates.authority)
    var host = "localhost"
    /// Called when the client is connected.
    var onConnect: @LoopActor (TLSConnection) -> Void = { _ in }

    /// The lines of the client, then those of the server.
    func run() async -> [String] {
        let (clientLog, serverLog) = (Log(), Log())
        _ = await withLoop { _ in
            let tls = try TLSContext(server)
            let server = Server(tls: tls) { (socket, server) in
                serverLog("accepted")
                socket.onClose = { hadError in
                    serverLog("closed \(hadError)")
                    server.close()
                }
                socket.end("hello")
                socket.resume()
            }
            server.listen(port: 0, host: "localhost") { server in
                try connect(to: server, clientLog)
            }
        }
        return clientLog.lines + serverLog.lines
    }

    @LoopActor
    private func connect(to server: Server, _ log: Log) throws {
        let tls = Named(try TLSContext(client), host)
        let socket = Socket.connect(port: server.address?.port ?? 0, host: "localhost", tls: tls) { socket in
            log("connected")
            if let layer = socket.layer as? TLSConnection { onConnect(layer) }
        }
        socket.onData = { log(String(decoding: $0, as: UTF8.self)) }
        socket.onEnd = { log("end") }
        socket.onError = { error in
            log(error.isCertificateRefused ? "refused: \(error.message)" : error.message)
            server.close()
        }
    }
}

/// Asks for a peer of another name than that of the address.
@LoopActor
private final class Named: SocketSecurity {
    private let context: TLSContext
    private let name: String

    init(_ context: TLSContext, _ name: String) {
        self.context = context
        self.name = name
    }

    var handshakeLimit: Int { context.handshakeLimit }
    var handshakeTimePerTurn: Duration { context.handshakeTimePerTurn }
    func layerForServer() throws(LoopError) -> any SocketLayer { try context.layerForServer() }
    func layerForClient(of host: String, port: Int) throws(LoopError) -> any SocketLayer {
        try context.layerForClient(of: name, port: port)
    }
}
