import ArgumentParser
import UVCore
import UVCrypto
import UVTasks

/// The server that a command asks.
struct ServerOption: ParsableArguments {
    @Option(help: "The server's address, also taken from TASKFLOW_URL; else http://localhost:3000.")
    var url: String?

    @Option(help: "The token to show, also taken from TASKFLOW_TOKEN, where other users of the machine cannot see it.")
    var token: String?

    @Option(
        help: ArgumentHelp(
            "The authorities by which a server at https:// has to be known, a file of PEM; else the system's.",
            valueName: "file"))
    var ca: String?

    /// What each command's help says of the server, and of how it ends.
    static let help = """
        The server and the token are taken from the flags, or else from the environment
        (TASKFLOW_URL, TASKFLOW_TOKEN). In development mode the worker's token is
        secret-worker-123, and the admin's secret-admin-123.
        """

    /// A client of the server.
    ///
    /// - Throws: `TLSError` for a file that cannot be used.
    @LoopActor
    func client() throws -> TaskClient {
        let address = url ?? EventLoop.environment("TASKFLOW_URL").flatMap { $0.isEmpty ? nil : $0 }
        return TaskClient(
            address ?? "http://localhost:3000", token: token.map { .literal($0) } ?? .fromEnvironment,
            tls: try ca.map { try TLSContext(serverAuthorityFile: $0) })
    }

    /// Runs `body` on a loop, and ends the program: with code 1 and a line if it throws.
    func run(as command: String, _ body: @escaping @LoopActor (TaskClient) async throws -> Void) throws {
        let code = EventLoop.run { loop in
            loop.spawn {
                do {
                    try await body(try client())
                } catch {
                    Self.complain(command, error)
                    loop.exitCode = 1
                }
            }
        }
        throw ExitCode(code)
    }

    /// A line on standard error.
    static func complain(_ command: String, _ what: Any) {
        StandardStream.error.write("taskflow \(command): \("\(what)".escapingControls)\n")
    }

    /// - Throws: `ValidationError` that names the flag.
    static func duration(_ text: String?, of flag: String) throws -> Duration? {
        guard let text else { return nil }
        guard let duration = Duration(flag: text) else {
            throw ValidationError("\(flag) is \(Duration.flagRule), and not '\(text)'.")
        }
        return duration
    }

    /// The length of a claim.
    ///
    /// - Throws: `ValidationError`.
    static func lease(_ text: String?) throws -> Duration? {
        guard let lease = try duration(text, of: "--lease") else { return nil }
        guard (.seconds(5) ... .seconds(43_200)).contains(lease) else { throw ValidationError("--lease is 5s to 12h.") }
        return lease
    }
}
