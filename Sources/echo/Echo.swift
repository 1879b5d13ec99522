import ArgumentParser
import ProgramMain
import UVCore
import UVCrypto
import UVHTTP
import UVWebSocket

/// The smallest program on the libraries, and the target of protocol suites.
@main
struct Echo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo",
        abstract: "Gives back what it gets, on 127.0.0.1.",
        discussion: """
            GET and HEAD are answered with "OK", POST and PUT with the request's body,
            and a WebSocket gets each of its messages back, on any path. Ctrl-C ends it.
            """)

    @Option(help: "The port to listen on; 0 lets the system choose.")
    var port: UInt16 = 3001

    @Flag(help: "Send each WebSocket message to every client, the sender included.")
    var broadcast = false

    @Flag(help: "Compress every WebSocket message, with clients that can do so (permessage-deflate).")
    var deflate = false

    @Option(help: "Speak TLS: the certificate, a file of PEM. The key is in --tls-key.")
    var tlsCert: String?

    @Option(help: "The key of the certificate, a file of PEM.")
    var tlsKey: String?

    static func main() { runProgram() }

    func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key belong together.")
        }
    }

    func run() {
        EventLoop.main { loop in
            let server = HTTPServer(tls: try makeTLS(), answer)
            server.allowsHalfOpen = true
            acceptWebSockets(of: server)
            server.onError = { error in
                StandardStream.error.write("echo: cannot listen on port \(port): \(error.message)\n")
                loop.exit(1)
            }
            server.listen(port: Int(port)) {
                guard let address = server.address else { return }
                StandardStream.output.write("Listening on http\(tlsCert == nil ? "" : "s")://\(address)\n")
            }
            for signal in [Signal.interrupt, .terminate] { try SignalWatcher(signal) { loop.exit(0) } }
        }
    }

    /// Protocol suites look at what is done with the shortest and the longest.
    private var everyMessage: PerMessageDeflate {
        var deflate = PerMessageDeflate()
        (deflate.threshold, deflate.longest) = (0, .max)
        return deflate
    }

    @LoopActor
    private func makeTLS() throws -> TLSContext? {
        guard let tlsCert, let tlsKey else { return nil }
        return try TLSContext(certificateFile: tlsCert, keyFile: tlsKey)
    }

    @LoopActor
    private func answer(_ request: IncomingMessage, _ response: ServerResponse) {
        switch request.method {
        case .get, .head:
            response.end("OK")
        case .post, .put:
            response.onDrain = { request.resume() }
            request.onBytes = { bytes in
                if !response.write(bytes) { request.pause() }
            }
            request.onEnd = { response.end() }
        default:
            response.status = .methodNotAllowed
            response.setHeader(.allow, "GET, HEAD, POST, PUT")
            response.end()
        }
    }

    @LoopActor
    private func acceptWebSockets(of server: HTTPServer) {
        let hub = WebSocketHub()
        let upgrader = WebSocketUpgrader { socket, _ in
            hub.add(socket)
            guard !broadcast else { return socket.onMessage = { hub.broadcast($0, to: .all) } }
            socket.onDrain = { socket.resume() }
            socket.onMessage = { message in
                if !socket.send(message) { socket.pause() }
            }
        }
        upgrader.limits.message = 64 << 20
        upgrader.limits.fragments = .max
        upgrader.limits.outgoing = 256 << 20
        if deflate { upgrader.deflate = everyMessage }
        upgrader.origins = .any
        upgrader.attach(to: server)
    }
}
