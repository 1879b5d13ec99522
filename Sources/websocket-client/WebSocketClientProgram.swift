import ArgumentParser
import ProgramMain
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

    @Option(help: "The rooms to listen to, separated by commas, in place of tasks.")
    var rooms: String?

    @Flag(help: "Print each message as one line of JSON, and nothing else.")
    var json = false

    static func main() { runProgram() }

    // Not in `validate`, which is asked before an unknown flag is: the text behind that would be taken for the URL.
    func run() throws {
        if url.asciiLowercased.begins(with: "wss://") {
            throw ValidationError("There is no TLS here yet: give a URL such as ws://localhost:3000/ws/tasks.")
        }
        guard let address = WebSocketURL(url) else {
            throw ValidationError("'\(url)' is not a WebSocket's URL, such as ws://localhost:3000/ws/tasks.")
        }
        if address.namesNoPosition {
            throw ValidationError("since in '\(url)' is no number of an event: give the seq of one, and its epoch.")
        }
        let target = rooms.map { $0.isEmpty ? address : address.setting("rooms", to: $0) } ?? address
        EventLoop.main { _ in
            let token = token ?? EventLoop.environment("TASKFLOW_TOKEN")
            let shown = token.flatMap { $0.isEmpty ? nil : $0 }
            let printer = EventPrinter(of: target, shownAs: url, token: shown, printsJSON: json)
            for signal in [Signal.interrupt, .terminate] { try SignalWatcher(signal) { printer.stop() } }
            printer.start()
        }
    }
}
