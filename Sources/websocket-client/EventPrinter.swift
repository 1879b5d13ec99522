import HTTPTypes
import UVCore
import UVWebSocket

/// Keeps a connection to the server and prints what comes.
@LoopActor
final class EventPrinter {
    private let url: WebSocketURL
    private let name: String
    private let token: String?
    private let printsJSON: Bool
    private let loop = EventLoop.current
    private var failures = 0

    /// - Parameter name: The URL as the user has typed it.
    init(of url: WebSocketURL, shownAs name: String, token: String?, printsJSON: Bool) {
        self.url = url
        self.name = name
        self.token = token
        self.printsJSON = printsJSON
    }

    func start() {
        var fields = HTTPFields()
        if let token { fields[.authorization] = "Bearer \(token)" }
        WebSocketClient.connect(to: url, fields: fields) { [self] result in
            switch result {
            case .success(let socket): didOpen(socket)
            case .failure(let failure): didFail(failure)
            }
        }
    }

    private func didOpen(_ socket: WebSocket) {
        failures = 0
        write("Connected to \(name)\nWaiting for events...\n")
        socket.onMessage = { [self] message in show(message) }
        socket.onClose = { [self] code, reason in
            notice("Connection closed (\(code.rawValue)\(reason.isEmpty ? "" : ": \(reason)"))")
            // The codes from 3500 say that coming back will not help.
            guard !(3_500...3_999).contains(code.rawValue) else { return loop.exit(1) }
            connectAgain()
        }
    }

    private func show(_ message: WebSocketMessage) {
        if printsJSON {
            let line = message.bytes.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            write(line + [UInt8(ascii: "\n")])
        } else if let event = TaskEventLine(json: message.bytes) {
            write("Event: \(event.name)\nTask: \(event.task)\n")
        }
    }

    private func write(_ text: String) { write(Array(text.utf8)) }

    /// When nobody reads any more, as behind `head`, there is nothing left to do.
    private func write(_ bytes: [UInt8]) {
        if !StandardStream.output.writeAll(bytes) { loop.exit(0) }
    }

    private func didFail(_ failure: WebSocketClient.Failure) {
        switch failure {
        case .connection(let error): notice("Cannot connect to \(name): \(error.message)")
        case .noAnswer: notice("No answer from \(name)")
        case .refused(let status):
            notice("\(name) answered \(status)\(Self.advice(status))")
            // Asking again does not change what the server thinks of the question.
            if (400..<500).contains(status) { return loop.exit(1) }
        case .invalidAnswer(let reason): notice("\(name): \(reason)")
        }
        connectAgain()
    }

    private static func advice(_ status: Int) -> String {
        switch status {
        case 401, 403: ": it wants a token, see --token"
        case 404: ": there is no WebSocket at this path"
        default: ""
        }
    }

    /// Half a second, doubled with each failure up to 30 s, and a random part of it, so that the clients of a server
    /// that restarts do not all come back at once.
    private func connectAgain() {
        let longest = min(0.5 * Double(1 << min(failures, 6)), 30)
        failures += 1
        let delay = Double.random(in: longest / 2...longest)
        notice("Connecting again in \((delay * 10).rounded() / 10) s")
        loop.setTimeout(.seconds(delay)) { [self] in start() }
    }

    private func notice(_ text: String) { StandardStream.error.write("\(text.escapingControls)\n") }
}
