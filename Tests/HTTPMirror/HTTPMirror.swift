import ArgumentParser
import HTTPTypes
import UVCore
import UVCrypto
import UVHTTP

/// Answers each request with what was read of it, as `Tests/Peers/like_node/mirror.js` does in Node.
/// `Tests/Peers/test_http_like_node.py` sends both the same bytes and compares.
@main
struct HTTPMirror: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "HTTPMirror", abstract: "Answers requests with what was read of them, on 127.0.0.1.")

    @Option(help: "The port to listen on.")
    var port: UInt16

    @Option(help: "Speak TLS: the certificate, a file of PEM.")
    var tlsCert: String?

    @Option(help: "The key of the certificate, a file of PEM.")
    var tlsKey: String?

    func run() throws {
        let code = EventLoop.run { _ in
            let server = HTTPServer(tls: try makeTLS(), answer)
            // No connection is closed for the time that the other server takes.
            server.limits.keepAliveTimeout = .zero
            server.acceptsPerTurn = .max
            // Less than by default, so that many inputs can be at the limit.
            server.limits.body = 64 << 10
            server.onClientError = { error, response in
                response.setHeader(.named("Reason"), error.message)
                response.end()
            }
            server.onCheckExpectation = { request, response in
                // Does not wait for the body, as the server itself would not.
                response.status = .expectationFailed
                try send(Reading(of: request, []), request, response)
            }
            server.onConnect = answerTunnel
            server.onUpgrade = answerTunnel
            server.listen(port: Int(port))
        }
        throw ExitCode(code)
    }

    @LoopActor
    private func makeTLS() throws -> TLSContext? {
        guard let tlsCert, let tlsKey else { return nil }
        return try TLSContext(certificateFile: tlsCert, keyFile: tlsKey)
    }

    @LoopActor
    private func answer(_ request: IncomingMessage, _ response: ServerResponse) throws {
        let manner = Manner(of: request)
        if manner == .early { return try send(Reading(of: request, []), request, response) }
        if manner == .paused {
            request.pause()
            EventLoop.current.setImmediate { request.resume() }
        }
        request.collect { body in
            guard case .success(let body) = body else { return }
            let reading = Reading(of: request, body)
            switch manner {
            case .late: EventLoop.current.setImmediate { try send(reading, request, response) }
            case .pieces: try sendInPieces(reading, request, response)
            default: try send(reading, request, response)
            }
        }
    }

    @LoopActor
    private func send(_ reading: Reading, _ request: IncomingMessage, _ response: ServerResponse) throws {
        let json = try begin(reading, request, response)
        // Said here, because a connection of HTTP/1.0 is kept for answers of a known length alone.
        response.setHeader(.contentLength, "\(json.count)")
        response.end(json)
    }

    @LoopActor
    private func sendInPieces(_ reading: Reading, _ request: IncomingMessage, _ response: ServerResponse) throws {
        let json = try begin(reading, request, response)
        response.write([UInt8](json.prefix(10)))
        EventLoop.current.setImmediate { response.end([UInt8](json.dropFirst(10))) }
    }

    /// The answer's content, which stands in a field where there is none.
    @LoopActor
    private func begin(_ reading: Reading, _ request: IncomingMessage, _ response: ServerResponse) throws -> [UInt8] {
        let json = try reading.json
        if request.method == .head { response.setHeader(.named("Reading"), json.base64) }
        return json
    }

    /// What a tunnel carries comes back when the client has ended its side, so that it does not matter how it came.
    @LoopActor
    private func answerTunnel(_ request: IncomingMessage, _ socket: Socket, _ head: [UInt8]) {
        var bytes = head
        socket.onData = { bytes += $0 }
        socket.onEnd = { socket.end([UInt8](try Reading(of: request, bytes, isTunnel: true).json)) }
    }
}
