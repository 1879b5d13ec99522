import UVCore

/// A client that sends bytes and keeps what comes back.
@LoopActor
final class TestClient {
    private let socket: Socket

    /// All that has come, unless ``keepsBytes`` is false.
    private(set) var bytes: [UInt8] = []

    /// How much has come.
    private(set) var count = 0

    var keepsBytes = true

    /// Whether the server has ended its side.
    private(set) var hasEnded = false

    private(set) var isClosed = false

    /// Whether the connection has broken: the server has reset it.
    private(set) var isBroken = false

    private var condition: (() -> Bool)?
    private var waiting: UnsafeContinuation<Void, Never>?

    init(port: Int, staysOpen: Bool) {
        socket = Socket.connect(port: port, host: "127.0.0.1")
        // Otherwise the system keeps small pieces back for times that no clock of a test knows.
        socket.setNoDelay()
        socket.allowsHalfOpen = staysOpen
        socket.onBytes = { [self] arrived in
            count += arrived.byteCount
            if keepsBytes { arrived.withUnsafeBytes { bytes.append(contentsOf: $0) } }
            check()
        }
        socket.onEnd = { [self] in
            hasEnded = true
            check()
        }
        socket.onError = { [self] _ in isBroken = true }
        socket.onClose = { [self] _ in
            isClosed = true
            check()
        }
    }

    /// What has come, without the lines that are different each second.
    var text: String {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        return lines.filter { !$0.hasPrefix("Date: ") }.joined(separator: "\r\n")
    }

    /// Bytes that the server has not taken.
    var unsent: Int { socket.writableLength }

    func send(_ text: String) { socket.write(text) }

    func send(_ bytes: [UInt8]) { socket.write(bytes) }

    /// Ends this side and leaves the other open, if the client was made to stay open.
    func end() { socket.end() }

    func pause() { socket.pause() }

    func resume() { socket.resume() }

    func destroy() { socket.destroy() }

    func reset() { socket.resetAndDestroy() }

    // MARK: Waiting

    /// Waits until ``text`` ends in `suffix`, or the connection is over.
    func until(_ suffix: String) async {
        await until { [self] in text.hasSuffix(suffix) }
    }

    /// Waits until a whole head has come, or the connection is over.
    func untilHead() async {
        await until { [self] in text.contains("\r\n\r\n") }
    }

    /// Waits until `count` bytes have come, or the connection is over.
    func until(count: Int) async {
        await until { [self] in self.count >= count }
    }

    /// Waits until the server has ended the connection.
    func untilEnd() async {
        await until { [self] in hasEnded }
    }

    func untilClosed() async {
        await until { false }
    }

    private func until(_ condition: @escaping () -> Bool) async {
        guard !isClosed, !condition() else { return }
        await withUnsafeContinuation { continuation in
            self.condition = condition
            waiting = continuation
        }
    }

    private func check() {
        guard isClosed || condition?() ?? false, let continuation = waiting else { return }
        (condition, waiting) = (nil, nil)
        continuation.resume()
    }
}

extension String {
    /// The text as one readable line.
    var oneLine: String { split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\\r\\n") }
}
