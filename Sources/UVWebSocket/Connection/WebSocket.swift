public import UVCore
import UVHTTP

/// One WebSocket connection, either end of it. RFC 6455.
///
/// ```swift
/// socket.onMessage = { message in socket.send(message.text) }
/// socket.onClose = { code, reason in print("closed with \(code.rawValue)") }
/// ```
///
/// A server gets its sockets from a ``WebSocketUpgrader``, a client from ``WebSocketClient``.
@LoopActor
public final class WebSocket {
    // MARK: Callbacks

    /// Called with each message.
    public var onMessage: ((WebSocketMessage) throws -> Void)?

    /// Called with each ping; it has been answered already.
    public var onPing: (([UInt8]) throws -> Void)?

    /// Called with each pong.
    public var onPong: (([UInt8]) throws -> Void)?

    /// Called when what was sent has been taken by the system, if ``bufferedAmount`` had reached
    /// ``Socket/highWaterMark``.
    public var onDrain: (() throws -> Void)?

    /// Called last, once: with the peer's close code and reason, with 1005 if it gave none, with the code and reason that
    /// a peer got which broke a rule, or with 1006 if the connection was lost without a close frame.
    public var onClose: ((CloseCode, String) throws -> Void)?

    // MARK: State

    /// Where a connection stands, as in the browser's API.
    public enum ReadyState: Sendable {
        case open, closing, closed
    }

    public private(set) var readyState = ReadyState.open

    /// What was agreed on in the handshake; nil if nothing was.
    public let subprotocol: String?

    /// Bytes sent and not yet taken by the system.
    public var bufferedAmount: Int { socket.writableLength + outboxLength }

    /// The address that it comes from; nil when it is gone.
    public var remoteAddress: SocketAddress? { socket.remoteAddress }

    /// How many bytes were written to the connection, the handshake included.
    package var bytesWritten: Int { socket.bytesWritten }

    let limits: WebSocketLimits

    /// When the last byte arrived, in the loop's time.
    private(set) var lastReceived: Int64

    /// The member's entry, if it is in a hub.
    var membership: WebSocketHub.Membership?

    private let loop = EventLoop.current
    private let socket: Socket
    private let role: WebSocketRole
    private var assembler: MessageAssembler

    /// Where in the stream the frames begin. What is before it is the handshake's, and never dropped.
    private let firstFrame: Int

    /// Whole frames that a hub has collected for the next check phase.
    private var outbox: [[UInt8]] = []
    private(set) var outboxLength = 0

    /// What the peer's close frame said, or what takes its place.
    private var closing: (code: CloseCode, reason: String)?
    private var hasSentClose = false
    private var closeTimer: Timeout?
    private var closeObservers: [() throws -> Void] = []

    /// A ping that was not answered yet because the peer does not read: only the latest counts, RFC 6455 section 5.5.3.
    private var unansweredPing: [UInt8]?

    /// Takes over a socket on which the handshake is done.
    init(_ socket: Socket, as role: WebSocketRole, subprotocol: String?, limits: WebSocketLimits) {
        self.socket = socket
        self.role = role
        self.subprotocol = subprotocol
        self.limits = limits
        lastReceived = loop.now
        firstFrame = socket.writePosition
        assembler = MessageAssembler(
            role: role, limits: .init(messageSize: limits.message, fragments: limits.fragments))
    }

    /// Begins to read. `head` is what has arrived behind the handshake.
    func start(head: [UInt8]) {
        socket.setNoDelay()
        socket.allowsHalfOpen = true
        // The socket keeps the WebSocket until it has closed and drops its callbacks.
        socket.onDrain = { [self] in try didDrain() }
        socket.onEnd = { [self] in didReceiveEnd() }
        socket.onClose = { [self] _ in didClose() }
        if !head.isEmpty { receive(head.span.bytes) }
        socket.onBytes = { [self] bytes in receive(bytes) }
    }

    /// Stops reading; the peer is held up by TCP. What has been read already is still delivered.
    public func pause() { socket.pause() }

    /// Reads on.
    public func resume() { socket.resume() }
}

// MARK: - Receiving

extension WebSocket {
    private func receive(_ bytes: RawSpan) {
        lastReceived = loop.now
        socket.cork()
        var offset = 0
        do throws(FrameError) {
            // What comes behind a `terminate` in a callback is not heard any more.
            while readyState != .closed, let event = try assembler.nextEvent(in: bytes, at: &offset) { handle(event) }
        } catch {
            fail(error.closeCode, error.message)
        }
    }

    private func handle(_ event: MessageAssembler.Event) {
        switch event {
        case .message(let opcode, let bytes):
            guard readyState == .open, let onMessage else { return }
            let message = WebSocketMessage(kind: opcode == .text ? .text : .binary, bytes: bytes)
            loop.attempt { try onMessage(message) }
        case .ping(let payload):
            answer(ping: payload)
            if let onPing { loop.attempt { try onPing(payload) } }
        case .pong(let payload):
            if let onPong { loop.attempt { try onPong(payload) } }
        case .close(let code, let reason):
            didReceiveClose(code, reason)
        }
    }

    private func answer(ping payload: [UInt8]) {
        guard readyState == .open else { return }
        if bufferedAmount >= socket.highWaterMark {
            unansweredPing = payload
            socket.needsDrain = true
        } else {
            unansweredPing = nil
            write(.pong, payload)
        }
    }

    private func didDrain() throws {
        // What was collected meanwhile has still to leave.
        guard outbox.isEmpty else { return socket.needsDrain = true }
        if let payload = unansweredPing {
            unansweredPing = nil
            if readyState == .open { write(.pong, payload) }
        }
        try onDrain?()
    }
}

// MARK: - Sending

extension WebSocket {
    /// Sends a text message.
    ///
    /// - Returns: False when ``Socket/highWaterMark`` bytes or more wait: stop until ``onDrain``. Nothing is lost if you
    ///   do not.
    @discardableResult
    public func send(_ text: String) -> Bool { send(.text, text.utf8) }

    /// Sends a binary message.
    ///
    /// - Returns: as ``send(_:)-(String)``.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool { send(.binary, bytes) }

    /// Sends a text message whose UTF-8 is at hand, such as encoded JSON.
    ///
    /// - Returns: as ``send(_:)-(String)``.
    @discardableResult
    public func send(json: [UInt8]) -> Bool { send(.text, json) }

    /// Sends a message of the same kind as one that came.
    ///
    /// - Returns: as ``send(_:)-(String)``.
    @discardableResult
    public func send(_ message: WebSocketMessage) -> Bool {
        send(message.kind == .text ? .text : .binary, message.bytes)
    }

    /// Asks the peer for a pong. At most 125 bytes of `payload` are sent.
    public func ping(_ payload: [UInt8] = []) {
        guard readyState == .open else { return }
        write(.ping, Array(payload.prefix(FrameHeader.controlPayloadLimit)))
    }

    @discardableResult
    private func send(_ opcode: Opcode, _ payload: some Collection<UInt8>) -> Bool {
        guard readyState == .open else { return false }
        return write(opcode, payload)
    }

    @discardableResult
    private func write(_ opcode: Opcode, _ payload: some Collection<UInt8>) -> Bool {
        guard let frame = frame(opcode, payload) else { return false }
        return write(frame: frame)
    }

    /// A frame goes behind what is collected for the peer, so that the order of messages holds.
    @discardableResult
    private func write(frame: [UInt8]) -> Bool {
        guard outbox.isEmpty else {
            collect(frame)
            let isBelowMark = bufferedAmount < socket.highWaterMark
            if !isBelowMark { socket.needsDrain = true }
            return isBelowMark
        }
        // A write after the end would break the connection.
        guard socket.isWritable else { return false }
        socket.cork()
        return socket.write(frame)
    }

    /// A frame in this end's way: a client masks it with a key that nobody can predict. Nil, and the connection is
    /// ended, when the system has no such key.
    private func frame(_ opcode: Opcode, _ payload: some Collection<UInt8>) -> [UInt8]? {
        guard role == .client else { return FrameEncoder.encode(opcode, payload) }
        do throws(CryptoError) {
            return FrameEncoder.encode(opcode, payload, mask: try Mask.random())
        } catch {
            terminate()
            return nil
        }
    }
}

// MARK: - Collecting, for a hub

extension WebSocket {
    /// Keeps a message for the next `flushOutbox`: as the `shared` frame, or a client's end in a masked one of its own.
    func collect(_ opcode: Opcode, _ payload: some Collection<UInt8>, shared: [UInt8]) {
        guard let frame = role == .server ? shared : frame(opcode, payload) else { return }
        collect(frame)
    }

    private func collect(_ frame: [UInt8]) {
        outbox.append(frame)
        outboxLength += frame.count
    }

    /// Writes what was collected, as one.
    func flushOutbox() {
        guard !outbox.isEmpty else { return }
        if socket.isWritable {
            socket.cork()
            for frame in outbox { socket.write(frame) }
        }
        // The room of an ordinary iteration is kept, that of a burst is not: there may be many members.
        outbox.removeAll(keepingCapacity: outbox.count <= 64)
        outboxLength = 0
    }

    /// Drops all frames that have not begun to leave, and closes with 3008 behind the one that has.
    func closeAsSlow() {
        outbox.removeAll()
        outboxLength = 0
        socket.dropUnsent(from: firstFrame)
        close(.slowConsumer, reason: "Too many bytes are waiting for you")
    }
}

// MARK: - Closing

extension WebSocket {
    /// Begins the close handshake: the peer is to answer and end the connection, or it is ended after
    /// ``WebSocketLimits/closeTimeout``. Silent when it is closing already. RFC 6455 section 7.1.2.
    ///
    /// - Parameters:
    ///   - code: One that may be sent, see ``CloseCode/isSendable``; 1000 goes out for any other.
    ///   - reason: At most 123 bytes of it are sent.
    public func close(_ code: CloseCode = .normal, reason: String = "") {
        guard readyState == .open else { return }
        sendClose(code.isSendable ? code : .normal, reason)
    }

    /// Ends the connection now, without a word.
    public func terminate() {
        readyState = .closed
        socket.destroy()
    }

    /// Calls `observer` behind ``onClose``.
    func afterClose(_ observer: @escaping () throws -> Void) { closeObservers.append(observer) }

    private func sendClose(_ code: CloseCode?, _ reason: String) {
        readyState = .closing
        startCloseTimer()
        // A paused WebSocket would hear neither the peer's answer nor its end.
        socket.resume()
        guard !hasSentClose else { return }
        hasSentClose = true
        flushOutbox()
        let mask = role == .client ? try? Mask.random() : nil
        guard role == .server || mask != nil else { return terminate() }
        guard socket.isWritable else { return }
        socket.cork()
        socket.write(FrameEncoder.encodeClose(code, reason: reason, mask: mask))
    }

    /// The peer closes, or answers our close. A server ends the connection then, a client waits for it. RFC 6455
    /// section 7.1.1.
    private func didReceiveClose(_ code: CloseCode?, _ reason: String) {
        closing = (code ?? .noStatusReceived, reason)
        sendClose(code, "")
        if role == .server { socket.end() }
    }

    /// The peer has broken a rule, or gone beyond a limit: nothing more of it can be understood.
    private func fail(_ code: CloseCode, _ reason: String) {
        closing = (code, reason)
        sendClose(code, reason)
        socket.end()
    }

    private func didReceiveEnd() {
        // After the end nothing can answer a close frame.
        if closing == nil { return terminate() }
        socket.end()
    }

    private func startCloseTimer() {
        guard closeTimer == nil else { return }
        closeTimer = loop.setTimeout(limits.closeTimeout) { [self] in terminate() }
    }

    private func didClose() {
        readyState = .closed
        closeTimer?.cancel()
        outbox.removeAll()
        outboxLength = 0
        membership?.hub.remove(self)
        let (code, reason) = closing ?? (.abnormal, "")
        if let onClose { loop.attempt { try onClose(code, reason) } }
        for observer in closeObservers { loop.attempt(observer) }
        // The program's closures usually hold the WebSocket, which holds them.
        (onMessage, onPing, onPong, onDrain, onClose, closeObservers) = (nil, nil, nil, nil, nil, [])
    }
}

extension Mask {
    /// A key that nobody can predict. RFC 6455 section 5.3.
    static func random() throws(CryptoError) -> Mask {
        Mask(key: try Crypto.randomBytes(4).reduce(0) { $0 << 8 | UInt32($1) })
    }
}
