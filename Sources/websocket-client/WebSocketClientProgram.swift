import ArgumentParser
import UVWebSocket

/// Shows a server's live events, one by one as they come.
@main
struct WebSocketClientProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "websocket-client",
        abstract: "Shows Taskflow's live events in the terminal.",
        discussion: """
            Prints each task event as it comes, two lines an event. When the connection
            is lost it connects again, with growing delays. Notices go to standard
            error. Ctrl-C ends it.
            """)

    @Argument(help: "Where the events come from.")
    var url = "ws://localhost:3000/ws/tasks"

    @Option(help: "The token to show, also taken from TASKFLOW_TOKEN.")
    var token: String?

    @Option(help: "The rooms to listen to, separated by commas, in place of tasks.")
    var rooms: String?

    @Flag(help: "Print each message as one line of JSON, as it came.")
    var json = false

    func validate() throws {
        guard WebSocketURL(address) != nil else {
            throw ValidationError("'\(url)' is not a WebSocket's URL, such as ws://localhost:3000/ws/tasks.")
        }
    }

    func run() throws {
        guard let target = WebSocketURL(address) else { return }
        let code = EventLoop.run { loop in
            for signal in [Signal.interrupt, .terminate] { try SignalWatcher(signal) { loop.exit(0) } }
            let token = token ?? EventLoop.environment("TASKFLOW_TOKEN")
            EventPrinter(of: target, shownAs: url, token: token == "" ? nil : token, printsJSON: json).start()
        }
        throw ExitCode(code)
    }

    /// The URL with the rooms in its query.
    private var address: String {
        guard let rooms, !rooms.isEmpty else { return url }
        let allowed = rooms.utf8.map { byte -> String in
            let isPlain =
                byte == UInt8(ascii: ",") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "_") || Character(Unicode.Scalar(byte)).isASCIILetterOrDigit
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return url + (url.contains("?") ? "&" : "?") + "rooms=" + allowed.joined()
    }
}

extension Character {
    fileprivate var isASCIILetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
