public import HTTPTypes
public import UVCore

/// A client's WebSocket that comes back: when the connection is lost, or none could be made, it connects again after the
/// time that a ``Backoff`` says, and not before the server wants it back, until the server refuses it for good or it is
/// closed.
///
/// ```swift
/// let line = ReconnectingWebSocket(to: url)
/// line.onOpen = { socket in socket.onMessage = { message in print(message.text) } }
/// line.onLoss = { loss, delay in print("\(loss), again in \(delay)") }
/// line.connect()
/// ```
///
/// What was sent to a WebSocket that is lost may have arrived or not, and what the server said meanwhile is gone: what is
/// to be said again, the program says in ``onOpen``.
@LoopActor
public final class ReconnectingWebSocket {
    /// Why there is no connection.
    public enum Loss: Error, Sendable {
        /// It was closed, by either end, or lost: see ``WebSocket/onClose``.
        case closed(CloseCode, reason: String)
        /// It could not be made.
        case notOpened(WebSocketClient.Failure)

        /// Whether coming back will not help.
        public var isFinal: Bool {
            switch self {
            case .closed(let code, _): code.isFinal
            case .notOpened(let failure): failure.isFinal
            }
        }

        /// When the server wants the client back, if it has said so.
        public var hint: ReturnHint? {
            if case .closed(_, let reason) = self { ReturnHint(atEndOf: reason) } else { nil }
        }
    }

    /// Called with each WebSocket that was opened, before its first message. What it throws closes that WebSocket, as an
    /// error of its own callbacks does.
    public var onOpen: ((WebSocket) throws -> Void)?

    /// Called when there is no connection any more, or again none, with the time until the next attempt.
    public var onLoss: ((Loss, Duration) throws -> Void)?

    /// Called last, once: with the loss behind which nothing is tried again, or with nil after ``close(_:reason:)``.
    public var onEnd: ((Loss?) throws -> Void)?

    /// Where the next attempt goes to.
    public var url: WebSocketURL

    private let tls: (any SocketSecurity)?
    private let fields: HTTPFields
    private let subprotocols: [String]
    private let limits: WebSocketLimits
    private let deflate: PerMessageDeflate?
    private let timeout: Duration
    private let heartbeat: Duration
    private var backoff: Backoff
    private let loop = EventLoop.current

    private enum Stage {
        case idle
        case connecting(WebSocketClient.Attempt)
        case open(WebSocket)
        case waiting(Timeout)
        /// It was closed, and its WebSocket has not ended yet.
        case leaving
        case over
    }

    private var stage = Stage.idle

    /// - Parameters:
    ///   - url: Where it connects to, again and again.
    ///   - tls: For a `wss` URL, the authorities that may vouch for its server; nil for the system's.
    ///   - fields: Sent along each time, such as `Authorization`.
    ///   - subprotocols: Offered to the server, the preferred one first.
    ///   - limits: What the server may cost.
    ///   - deflate: How messages are compressed, if the server can do so; nil for not at all.
    ///   - timeout: How long connecting and the handshake may take.
    ///   - heartbeat: After how long a silence the server is pinged, since one that has vanished without a word is silent,
    ///     too; see ``WebSocket/startHeartbeat(_:)``. Zero for never.
    ///   - backoff: How long it waits before it tries again.
    public init(
        to url: WebSocketURL, tls: (any SocketSecurity)? = nil, fields: HTTPFields = [:], subprotocols: [String] = [],
        limits: WebSocketLimits = WebSocketLimits(), deflate: PerMessageDeflate? = nil,
        timeout: Duration = .seconds(10),
        heartbeat: Duration = .seconds(30), backoff: Backoff = Backoff()
    ) {
        self.url = url
        self.tls = tls
        self.fields = fields
        self.subprotocols = subprotocols
        self.limits = limits
        self.deflate = deflate
        self.timeout = timeout
        self.heartbeat = heartbeat
        self.backoff = backoff
    }

    /// Begins. Silent when it has begun already.
    public func connect() {
        guard case .idle = stage else { return }
        attempt()
    }

    /// Ends it: a WebSocket that is open is closed, an attempt that is under way is given up.
    ///
    /// Silent the second time.
    public func close(_ code: CloseCode = .normal, reason: String = "") {
        switch stage {
        case .idle: end(nil, inTick: true)
        case .connecting(let attempt):
            attempt.cancel()
            end(nil, inTick: true)
        case .open(let socket):
            stage = .leaving
            socket.close(code, reason: reason)
        case .waiting(let timer):
            timer.cancel()
            end(nil, inTick: true)
        case .leaving, .over: break
        }
    }
}

// MARK: - What happens

extension ReconnectingWebSocket {
    private func attempt() {
        let attempt = WebSocketClient.connect(
            to: url, tls: tls, fields: fields, subprotocols: subprotocols, limits: limits, deflate: deflate,
            timeout: timeout
        ) { [self] result in
            switch result {
            case .success(let socket): try didOpen(socket)
            case .failure(let failure): didLose(.notOpened(failure), lasted: .zero)
            }
        }
        stage = .connecting(attempt)
    }

    private func didOpen(_ socket: WebSocket) throws {
        let openedAt = loop.now
        socket.afterClose { [self] code, reason in
            didLose(.closed(code, reason: reason), lasted: .milliseconds(loop.now - openedAt))
        }
        stage = .open(socket)
        socket.startHeartbeat(heartbeat)
        try onOpen?(socket)
    }

    private func didLose(_ loss: Loss, lasted: Duration) {
        if case .leaving = stage { return end(nil) }
        if loss.isFinal { return end(loss) }
        // A server that always wants it back at once would have it come at full speed for ever.
        let delay = max(backoff.delay(afterConnectionOf: lasted), loss.hint?.delay ?? .zero)
        stage = .waiting(loop.wait(delay) { [self] in attempt() })
        tell { [self] in try onLoss?(loss, delay) }
    }

    /// - Parameter inTick: Whether this is inside a call of the program, which its callback must not interrupt.
    private func end(_ loss: Loss?, inTick: Bool = false) {
        stage = .over
        let call = { [self] in
            let onEnd = onEnd
            // The program's closures may hold this object.
            (self.onOpen, self.onLoss, self.onEnd) = (nil, nil, nil)
            tell { try onEnd?(loss) }
        }
        if inTick { loop.nextTick(call) } else { call() }
    }

    private func tell(_ callback: () throws -> Void) { loop.contain("a callback of a WebSocket", callback) }
}

// MARK: - What is final

extension CloseCode {
    /// Whether coming back will not help: from 3500 to 3999, by the server's own word.
    public var isFinal: Bool { (3_500...3_999).contains(rawValue) }
}

extension WebSocketClient.Failure {
    /// Whether asking again will not help.
    ///
    /// A status from 400 to 499 is what the server thinks of the question, but for 408 and 429, which are about the time. A
    /// server that answers well, from 200 to 299, has something else than a WebSocket there. One whose certificate was
    /// refused is another server. What cannot be asked for today cannot be tomorrow.
    public var isFinal: Bool {
        switch self {
        case .refused(let status):
            (200...299).contains(status) || (400...499).contains(status) && status != 408 && status != 429
        case .connection(let error): error.isCertificateRefused
        case .invalidRequest: true
        case .noAnswer, .invalidAnswer: false
        }
    }
}
