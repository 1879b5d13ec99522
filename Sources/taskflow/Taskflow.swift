public import ArgumentParser
public import Logging
public import TaskService
import UVCore

/// The server's command line.
@main
struct Taskflow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "taskflow",
        abstract: "A real-time task queue server: Node's architecture in Swift, on libuv.",
        discussion: """
            Listens for HTTP on 127.0.0.1:3000 and answers in JSON:

              curl http://localhost:3000/health

            SIGTERM and ctrl-C end it: listening stops, open answers have the grace to finish. A second
            signal ends it at once. It exits with 0, with 1 if it cannot listen, with 64 for a wrong flag.
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

    func validate() throws {
        guard (0...3_600).contains(grace) else {
            throw ValidationError("--grace is a number of seconds from 0 to 3600.")
        }
    }

    func run() throws {
        var configuration = Configuration()
        configuration.host = host
        configuration.port = Int(port)
        configuration.grace = .seconds(grace)
        let log = Logger.taskflow(level: logLevel, format: logFormat)
        let code = EventLoop.run { _ in
            try TaskServer(configuration, log: log).start()
        }
        throw ExitCode(code)
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}
