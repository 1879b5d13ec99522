import ArgumentParser
import ProgramMain
import UVCrypto
import UVTasks

/// Shows a server's live events, one by one as they come.
@main
struct WebSocketClientProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "websocket-client",
        abstract: "Shows Taskflow's live events in the terminal.",
        discussion: """
            Prints each task event as it comes, two lines an event, and a third one
            where something changed. When the connection is lost it connects again,
            with growing delays, and shows what came meanwhile. Notices go to
            standard error. Ctrl-C ends it.
            """)

    @Argument(help: "Where the events come from.")
    var url = "ws://localhost:3000/ws/tasks"

    @Option(help: "The token to show, also taken from TASKFLOW_TOKEN.")
    var token: String?

    @Option(
        help: ArgumentHelp(
            "The authorities by which a server at wss:// has to be known, a file of PEM; else the system's.",
            valueName: "file"))
    var ca: String?

    @Option(help: "The rooms to listen to, separated by commas, in place of tasks.")
    var rooms: String?

    @Flag(help: "Have events compressed, if the server can do so (taskflow serve --deflate).")
    var deflate = false

    @Flag(help: "Print each message as one line of JSON, and nothing else.")
    var json = false

    static func main() { runProgram() }

    // Not in `validate`, which is asked before an unknown flag is: the text behind that would be taken for the URL.
    func run() throws {
        guard let address = WebSocketURL(url) else {
            throw ValidationError("'\(url)' is not a WebSocket's URL, such as ws://localhost:3000/ws/tasks.")
        }
        if address.namesNoPosition {
            throw ValidationError("since in '\(url)' is no number of an event: give the seq of one, and its epoch.")
        }
        if ca != nil, !address.isSecure { throw ValidationError("--ca is for a URL that begins with wss://.") }
        let target = rooms.map { $0.isEmpty ? address : address.setting("rooms", to: $0) } ?? address
        EventLoop.main { loop in
            let token = token ?? EventLoop.environment("TASKFLOW_TOKEN")
            let shown = token.flatMap { $0.isEmpty ? nil : $0 }
            let tls: TLSContext?
            do throws(TLSError) {
                tls = try ca.map { file throws(TLSError) in try TLSContext(serverAuthorityFile: file) }
            } catch {
                StandardStream.error.write("websocket-client: \(error)\n")
                return loop.exit(1)
            }
            let printer = EventPrinter(
                of: target, by: tls, shownAs: url, token: shown, deflates: deflate, printsJSON: json)
            for signal in [Signal.interrupt, .terminate] { try SignalWatcher(signal) { printer.stop() } }
            printer.start()
        }
    }
}
