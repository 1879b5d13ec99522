import UVCore

/// A client that asks by hand: what it sends, and what it has got.
@LoopActor
final class HTTPClientSide {
    let socket: Socket

    /// The requests that it has sent, or is about to send.
    var asked: [Substring] = []

    /// Whether it asks nothing more.
    var isOver = false

    /// Whether the rest of a body is still to come.
    var isPartial = false

    /// Whether it has ended its side.
    private var hasLeft = false

    /// Whether it has not asked for anything, or is about to.
    var isUnasked: Bool { asked.isEmpty || !unsent.isEmpty }

    private let turns: Turns
    private var unsent = ""
    private var text = ""

    init(on port: Int, _ turns: Turns, _ onConnected: @escaping (HTTPClientSide) throws -> Void) {
        self.turns = turns
        var onConnect = {} as () throws -> Void
        socket = Socket.connect(port: port, host: "127.0.0.1") { try onConnect() }
        onConnect = { [self] in try onConnected(self) }
        socket.onData = { [self] in text += String(decoding: $0, as: UTF8.self) }
        socket.onError = { _ in }
    }

    /// All that has come, in one line, but for the dates.
    var got: String {
        text.split(separator: "\r\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("Date: ") }
            .joined(separator: "|")
    }

    /// Sends `more` in the next turn, in one piece with what is sent until then.
    func send(_ more: String) throws {
        unsent += more
        guard unsent == more else { return }
        try turns.inTurn { [self] in
            if socket.isWritable { socket.write(unsent) }
            unsent = ""
        }
    }

    func sendRest() throws {
        guard isPartial, !hasLeft else { return }
        isPartial = false
        try send("def")
    }

    /// Ends its side, unless something is still to be sent.
    func leave() {
        guard unsent.isEmpty else { return }
        hasLeft = true
        socket.end()
    }

    /// Whether it has left amid the body of `target`.
    func hasAbandoned(_ target: Substring) -> Bool { hasLeft && isPartial && asked.last == target }
}

/// How a client asks.
struct HTTPAsk: Sendable {
    var method = "GET"
    var version = "1.1"

    /// What follows the Host field.
    var rest = "\r\n"

    /// Whether nothing is asked behind it.
    var isLast = false

    /// Whether only a part of the body is sent.
    var isPartial = false

    func text(for target: Substring) -> String { "\(method) /\(target) HTTP/\(version)\r\nHost: x\r\n\(rest)" }

    static let words: [Substring: HTTPAsk] = [
        "get": HTTPAsk(),
        "get-last": HTTPAsk(rest: "Connection: close\r\n\r\n", isLast: true),
        "get-old": HTTPAsk(version: "1.0", isLast: true),
        "get-old-kept": HTTPAsk(version: "1.0", rest: "Connection: keep-alive\r\n\r\n", isLast: true),
        "head": HTTPAsk(method: "HEAD"),
        "post": HTTPAsk(method: "POST", rest: "Content-Length: 3\r\n\r\nabc"),
        "post-last": HTTPAsk(method: "POST", rest: "Connection: close\r\nContent-Length: 3\r\n\r\nabc", isLast: true),
        "post-chunked": HTTPAsk(
            method: "POST", rest: "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"),
        "post-part": HTTPAsk(method: "POST", rest: "Content-Length: 6\r\n\r\nabc", isPartial: true),
    ]
}
