import ArgumentParser
import UVCore
import UVHTTP

/// The smallest program on the libraries, and the target of protocol suites.
@main
struct Echo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo",
        abstract: "Gives back what it gets, on 127.0.0.1.",
        discussion: """
            GET and HEAD are answered with "OK", POST and PUT with the request's body, on any path.
            Ctrl-C ends it.
            """)

    @Option(name: .long, help: "The port to listen on; 0 lets the system choose.")
    var port: UInt16 = 3001

    func run() throws {
        let code = EventLoop.run { loop in
            let server = HTTPServer(answer)
            server.onError = { error in
                StandardStream.error.write("echo: cannot listen on port \(port): \(error.message)\n")
                loop.exit(1)
            }
            server.listen(port: Int(port)) {
                guard let address = server.address else { return }
                StandardStream.output.write("Listening on http://\(address)\n")
            }
            for signal in [Signal.interrupt, .terminate] { try SignalWatcher(signal) { loop.exit(0) } }
        }
        throw ExitCode(code)
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
}
