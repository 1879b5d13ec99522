import UVWebSocket

/// Keeps a connection to the server and prints what comes.
@LoopActor
final class EventPrinter {
    private let url: WebSocketURL
    private let name: String
    private let token: String?
    private let printsJSON: Bool
    private let loop = EventLoop.current

    private enum Stage {
        /// Connecting, or waiting to connect again.
        case apart
        case connected(WebSocket)
        /// The server is to answer the close, and that is all that is left to do.
        case leaving
    }

    private var stage = Stage.apart

    /// Connections in a row that failed or did not last.
    private var failures = 0

    /// - Parameter name: The URL as the user has typed it.
    init(of url: WebSocketURL, shownAs name: String, token: String?, printsJSON: Bool) {
        self.url = url
        self.name = name
        self.token = token
        self.printsJSON = printsJSON
    }

    /// Ends the program: what is connected says goodbye first. The second time at once.
    func stop() {
        guard case .connected(let socket) = stage else { return loop.exit(0) }
        stage = .leaving
        socket.close(.normal)
    }

    func start() {
        var fields = HTTPFields()
        if let token { fields[.authorization] = "Bearer \(token)" }
        var limits = WebSocketLimits()
        limits.closeTimeout = .seconds(2)
        WebSocketClient.connect(to: url, fields: fields, limits: limits) { [self] result in
            switch result {
            case .success(let socket): didOpen(socket)
            case .failure(let failure): didFail(failure)
            }
        }
    }

    private func didOpen(_ socket: WebSocket) {
        let openedAt = loop.now
        stage = .connected(socket)
        // A server that is silent for long may have vanished without a word.
        socket.startHeartbeat()
        announce("Connected to \(name)\nWaiting for events...\n")
        socket.onMessage = { [self] message in show(message) }
        socket.onClose = { [self] code, reason in
            if case .leaving = stage { return loop.exit(0) }
            stage = .apart
            if loop.now - openedAt > Self.longestDelay.wholeMilliseconds { failures = 0 }
            notice("Connection closed (\(code.rawValue)\(reason.isEmpty ? "" : ": \(reason)"))")
            // The codes from 3500 say that coming back will not help.
            guard !(3_500...3_999).contains(code.rawValue) else { return loop.exit(1) }
            connectAgain()
        }
    }

    /// Lines that are no event do not stand among the lines of JSON.
    private func announce(_ lines: String) {
        if printsJSON { StandardStream.error.write(lines) } else { write(lines) }
    }

    private func show(_ message: WebSocketMessage) {
        let json = message.kind == .text ? JSONMessage(message.bytes) : nil
        if printsJSON {
            guard let json else { return notice("A message of \(message.bytes.count) bytes is no JSON: left out") }
            write(json.line + [UInt8(ascii: "\n")])
        } else if let event = json.flatMap({ TaskEventLine($0) }) {
            write(event.text)
        }
    }

    private func write(_ text: String) { write(Array(text.utf8)) }

    /// When the output has no reader any more, as behind `head`, there is nothing left to do.
    private func write(_ bytes: [UInt8]) {
        if !StandardStream.output.writeAll(bytes) { stop() }
    }

    private func didFail(_ failure: WebSocketClient.Failure) {
        switch failure {
        case .connection(let error): notice("Cannot connect to \(name): \(error.message)")
        case .noAnswer: notice("No answer from \(name)")
        case .refused(let status):
            notice("\(name) answered \(status)\(Self.advice(status))")
            // Asking again does not change what the server thinks of the question; 408 and 429 are about the time. A
            // server that answers well has something else than a WebSocket there.
            if (200..<300).contains(status) || (400..<500).contains(status) && status != 408 && status != 429 {
                return loop.exit(1)
            }
        case .invalidAnswer(let reason): notice("\(name): \(reason)")
        }
        connectAgain()
    }

    private static func advice(_ status: Int) -> String {
        switch status {
        case 401, 403: ": it wants a token, see --token"
        case 200..<300, 404: ": there is no WebSocket at this path"
        case 422: ": it does not take these rooms"
        default: ""
        }
    }

    private static let longestDelay: Duration = .seconds(30)

    /// Half a second, doubled with each failure up to the longest delay, and a random half of it, so that the clients of
    /// a server that restarts do not all come back at once.
    private func connectAgain() {
        let longest = min(.milliseconds(500) * (1 << min(failures, 6)), Self.longestDelay)
        failures += 1
        let delay = longest * Double.random(in: 0.5...1)
        notice("Connecting again in \(Double(delay.wholeMilliseconds / 100) / 10) s")
        loop.setTimeout(delay) { [self] in start() }
    }

    private func notice(_ text: String) { StandardStream.error.write("\(text.escapingControls)\n") }
}
