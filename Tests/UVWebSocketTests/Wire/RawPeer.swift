import UVCore

/// The other end of a WebSocket as a bare socket: a test says and sees each byte.
@LoopActor
final class RawPeer {
    let socket: Socket

    /// The head of the handshake, without its blank line; empty until it is whole.
    private(set) var head = ""

    /// All frames that have come.
    private(set) var frames: [WireFrame] = []

    /// How many of them are text or binary.
    private(set) var messageCount = 0

    /// Whether each ping gets its pong, as from a client that is well.
    var answersPings = false

    /// How the connection ended: "end" or "reset"; nil while it is open.
    private(set) var ending: String?

    private(set) var isReading = true

    /// Bytes that have come and are no whole frame.
    var leftover: Int { bytes.count - offset }

    private var isServer = false
    private var bytes: [UInt8] = []
    private var offset = 0
    private var taken = 0

    init(_ socket: Socket) {
        self.socket = socket
        socket.allowsHalfOpen = true
        socket.onData = { [unowned self] in receive($0) }
        socket.onEnd = { [unowned self] in ending = "end" }
        socket.onError = { [unowned self] _ in ending = "reset" }
        // The socket keeps its peer until it has closed.
        socket.onClose = { [self] hadError in if ending == nil { ending = hadError ? "reset" : "closed" } }
    }

    private func receive(_ data: [UInt8]) {
        bytes += data
        if head.isEmpty {
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            offset = end.upperBound
        }
        guard isServer || head.hasPrefix("HTTP/1.1 101 ") else { return }
        while let frame = WireFrame.read(bytes, at: &offset) {
            frames.append(frame)
            if frame.opcode < 8 { messageCount += 1 }
            if answersPings, frame.opcode == 9 { send(.pong(frame.text).masked()) }
        }
        bytes.removeFirst(offset)
        offset = 0
    }

    /// The head was a request, which is going to be answered by 101: what comes behind it are frames.
    func becomeServer() { isServer = true }

    /// All that has come behind the head and is no whole frame, such as the body of a refusal.
    var rest: String { String(decoding: bytes[offset...], as: UTF8.self) }

    /// From now on nothing is read: what is sent to this peer stays with the systems, and then with its sender.
    func stopReading() {
        isReading = false
        socket.pause()
    }

    func send(_ frames: WireFrame...) { socket.write(frames.flatMap(\.bytes)) }

    func send(_ text: String) { socket.write(text) }

    /// The next frame that was not taken yet.
    func frame() async throws -> WireFrame {
        try await until("a frame") { frames.count > taken }
        taken += 1
        return frames[taken - 1]
    }

    /// Waits for the other side's end, and ends this side too.
    func finish() async throws {
        try await until("the end") { ending != nil }
        socket.end()
        if ending == "end" { try await until("the close") { socket.isDestroyed } }
    }
}
