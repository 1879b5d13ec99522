import UVCrypto
import UVTasks

/// Keeps a connection to the server and prints what comes.
@LoopActor
final class EventPrinter {
    private let name: String
    private let printsJSON: Bool
    private let feed: TaskFeed
    private let loop = EventLoop.current

    private enum Stage {
        /// Connecting, or waiting to connect again.
        case apart
        case connected
        /// The server is to answer the close, and that is all that is left to do.
        case leaving
    }

    private var stage = Stage.apart

    /// - Parameter name: The URL as the user has typed it.
    init(
        of url: WebSocketURL, by tls: TLSContext?, shownAs name: String, token: String?, deflates: Bool,
        printsJSON: Bool
    ) {
        self.name = name
        self.printsJSON = printsJSON
        var limits = WebSocketLimits()
        limits.closeTimeout = .seconds(2)
        feed = TaskFeed(
            from: url, tls: tls, token: token, limits: limits, deflate: deflates ? PerMessageDeflate() : nil)
    }

    /// Ends the program: what is connected says goodbye first. The second time at once.
    func stop() {
        guard case .connected = stage else { return loop.exit(0) }
        stage = .leaving
        feed.close()
    }

    func start() {
        feed.onOpen = { [self] _ in
            stage = .connected
            announce("Connected to \(name)\nWaiting for events...\n")
        }
        feed.onMessage = { [self] message in show(message) }
        feed.onResume = { [self] resumption in notice(Self.text(of: resumption)) }
        feed.onLoss = { [self] loss, delay in
            stage = .apart
            notice(text(of: loss))
            notice("Connecting again in \(Double(delay.wholeMilliseconds / 100) / 10) s")
        }
        feed.onEnd = { [self] loss in
            if let loss { notice(text(of: loss)) }
            loop.exit(loss == nil ? 0 : 1)
        }
        feed.start()
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

    private func notice(_ text: String) { StandardStream.error.write("\(text.escapingControls)\n") }
}

// MARK: - Notices

extension EventPrinter {
    private static func text(of resumption: TaskFeed.Resumption) -> String {
        switch resumption {
        case .recovered(missed: 0): "Resumed: nothing was missed"
        case .recovered(let missed): "Resumed: \(missed) missed event\(missed == 1 ? "" : "s") came"
        case .snapshot(let tasks):
            "Not resumed: missed events are gone; a snapshot of \(tasks) task\(tasks == 1 ? "" : "s") came"
        }
    }

    private func text(of loss: ReconnectingWebSocket.Loss) -> String {
        switch loss {
        case .closed(let code, let reason): "Connection closed (\(code.rawValue)\(reason.isEmpty ? "" : ": \(reason)"))"
        case .notOpened(.connection(let error)): "Cannot connect to \(name): \(error.message)"
        case .notOpened(.noAnswer): "No answer from \(name)"
        case .notOpened(.refused(let status)): "\(name) answered \(status)\(Self.advice(status))"
        case .notOpened(.invalidRequest(let reason)), .notOpened(.invalidAnswer(let reason)): "\(name): \(reason)"
        }
    }

    private static func advice(_ status: Int) -> String {
        switch status {
        case 401, 403: ": it wants a token, see --token"
        case 200..<300, 404: ": there is no WebSocket at this path"
        case 422: ": it does not take these rooms, or this place to begin"
        default: ""
        }
    }
}
