public import ArgumentParser
public import Logging
public import TaskService

/// The server's command line.
@main
struct Taskflow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "taskflow",
        abstract: "A real-time task queue server: Node's architecture in Swift, on libuv.",
        discussion: """
            Listens for HTTP on 127.0.0.1:3000 and answers in JSON:

              curl http://localhost:3000/health

            Who may do what is said by two tokens, from the flags, or else the
            environment (ADMIN_TOKEN, USER_TOKEN), or else a file .env in the working
            folder. Flags can be seen by everybody on this machine. Without any token
            the server is in development mode: the tokens are secret-admin-123 and
            secret-user-123, and only this machine can reach it.

            SIGTERM and ctrl-C end it: listening stops, open answers have the grace to
            finish. A second signal ends it at once. It exits with 0, with 1 if it
            cannot listen, with 64 for a wrong flag.
            """)

    @Option(help: "The address or name to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 lets the system choose.")
    var port: UInt16 = 3000

    @Option(help: "The least important lines to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = .info

    @Option(help: "How log lines look on standard error: text, for people, or json, an object a line.")
    var logFormat: LogFormat = .text

    @Option(help: "How many seconds open answers have when the server is stopped.")
    var grace: Double = 3

    @Option(help: "The token of the admin, who may do everything.")
    var adminToken: String?

    @Option(help: "The token of the user, who may only read.")
    var userToken: String?

    @Option(
        help: """
            A web page that may change tasks and hear events, such as http://example.org:8080, in place of \
            the server's own. Can be given again.
            """)
    var origin: [String] = []

    @Flag(help: "Show the demonstrations under /demo outside development mode, too.")
    var demo = false

    func validate() throws {
        guard (0...3_600).contains(grace) else {
            throw ValidationError("--grace is a number of seconds from 0 to 3600.")
        }
        for (flag, token) in [("--admin-token", adminToken), ("--user-token", userToken)] {
            guard let token, AccessToken(token) == nil else { continue }
            throw ValidationError("\(flag) is \(AccessToken.rule).")
        }
        for origin in origin where !Configuration.isOrigin(origin) {
            throw ValidationError("--origin is a scheme, a host and perhaps a port, as http://example.org:8080.")
        }
    }

    func run() throws {
        var configuration = Configuration()
        configuration.host = host
        configuration.port = Int(port)
        configuration.grace = .seconds(grace)
        configuration.origins = origin
        configuration.isDemoEnabled = demo
        let log = Logger.taskflow(level: logLevel, format: logFormat)
        let code = TaskServer.run(configuration, adminToken: adminToken, userToken: userToken, log: log)
        throw ExitCode(code)
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}
