public import UVCore
import UVHTTP

/// One WebSocket connection, either end of it. RFC 6455.
///
/// ```swift
/// socket.onMessage = { message in socket.send(message.text) }
/// socket.onClose = { code, reason in print("closed with \(code.rawValue)") }
/// ```
///
/// A server gets its sockets from a route, `router.webSocket("/chat") { socket, request in … }`, or a
/// ``WebSocketUpgrader``; a client from ``WebSocketClient``.
///
/// What one of its callbacks throws is the fault of one connection, not of the program: the WebSocket is closed with
/// ``CloseCode/internalError``, and the error goes to ``onError``.
@LoopActor
public final class WebSocket {
    // MARK: Callbacks

    /// Called with each message.
    public var onMessage: ((WebSocketMessage) throws -> Void)? {
        get { state.onMessage }
        set { state.onMessage = newValue }
    }

    /// Called with each ping; it has been answered already.
    public var onPing: (([UInt8]) throws -> Void)? {
        get { extras?.onPing }
        set { makeExtras().onPing = newValue }
    }

    /// Called with each pong.
    public var onPong: (([UInt8]) throws -> Void)? {
        get { extras?.onPong }
        set { makeExtras().onPong = newValue }
    }

    /// Called when what was sent has been taken by the system, if ``bufferedAmount`` had reached
    /// `Socket.highWaterMark`.
    public var onDrain: (() throws -> Void)?

    /// Called with what another callback of this WebSocket has thrown; the close handshake has begun by then.
    ///
    /// Without it the error goes to `EventLoop.onUncaughtError`, and without that to standard error. The program goes
    /// on in each case.
    public var onError: ((any Error) throws -> Void)? {
        get { extras?.onError }
        set { makeExtras().onError = newValue }
    }

    /// Called last, once: with the peer's close code and reason, with 1005 if it gave none, with the code and reason
    /// that were sent to a peer that broke a rule, or with 1006 if the connection was lost without a close frame.
    public var onClose: ((CloseCode, String) throws -> Void)?

    // MARK: State

    /// Where a connection stands, as in the browser's API.
    public enum ReadyState: Sendable {
        /// Messages go both ways.
        case open
        /// A side has said that it wants to end.
        case closing
        /// Nothing comes and nothing goes any more.
        case closed
    }

    /// Where the connection stands.
    public var readyState: ReadyState {
        owner?.settle()
        return switch state.stage {
        case .open: .open
        case .closing: .closing
        case .closed: .closed
        }
    }

    /// What was agreed on in the handshake; nil if nothing was.
    public let subprotocol: String?

    /// Whether messages are compressed: both ends have agreed on it. See ``PerMessageDeflate``.
    public var isDeflating: Bool { state.assembler.deflate != nil }

    /// Bytes sent and not yet taken by the system.
    public var bufferedAmount: Int {
        owner?.settle()
        return socket.writableLength + state.outbox.length
    }

    /// The address that it comes from; nil when it is gone.
    public var remoteAddress: SocketAddress? { socket.remoteAddress }

    /// How many bytes were written to the connection, the handshake included.
    package var bytesWritten: Int { socket.bytesWritten }

    /// The limits of it and of all that came the same way.
    let shared: SharedLimits
    var limits: WebSocketLimits { shared.limits }

    /// What it belongs to, such as a place in a hub.
    var owner: (any WebSocketOwner)?

    let socket: Socket
    var loop: EventLoop { socket.loop }

    /// Which end of the connection this is.
    var role: WebSocketRole { state.assembler.role }

    /// Where in the stream the frames begin. What is before it is the handshake's, and never dropped.
    let firstFrame: Int

    /// What every frame touches, unchecked for exclusive access: callbacks are taken out before they are called, and no
    /// code of the program runs while a part of this is being changed.
    @exclusivity(unchecked) var state: State

    /// What few connections have, or each only at its end: it takes no memory before.
    var extras: Extras?

    /// Takes over a socket on which the handshake is done.
    ///
    /// - Parameter deflate: What was agreed on for compressed messages.
    init(
        _ socket: Socket, as role: WebSocketRole, subprotocol: String?, limits: SharedLimits,
        deflate: MessageDeflate? = nil
    ) {
        self.socket = socket
        self.subprotocol = subprotocol
        shared = limits
        firstFrame = socket.writePosition
        state = State(role, limits.limits, deflate, now: socket.loop.now)
    }

    /// Begins to read. `head` is what has arrived behind the handshake.
    func start(head: [UInt8]) {
        socket.setNoDelay()
        socket.allowsHalfOpen = true
        // The socket keeps the WebSocket until it has closed and drops its callbacks.
        socket.onDrain = { [self] in didDrain() }
        socket.onEnd = { [self] in didReceiveEnd() }
        socket.onClose = { [self] _ in didClose() }
        if !head.isEmpty { receive(head.span.bytes) }
        socket.onBytes = { [self] bytes in receive(bytes) }
        if state.inbox.isPaused { socket.pause() } else { readOn() }
    }
}

extension WebSocket {
    struct State {
        /// From opening to the end.
        enum Stage {
            case open
            /// A close frame was sent, or would have been if it could be. The deadline ends the connection.
            case closing(Deadline)
            case closed
        }

        var stage = Stage.open
        var onMessage: ((WebSocketMessage) throws -> Void)?

        /// When the last byte arrived, in the loop's time.
        var lastReceived: Int64
        var assembler: MessageAssembler
        var budget = ReadingBudget()
        var inbox = Inbox()
        var outbox: Outbox

        var isOpen: Bool {
            if case .open = stage { true } else { false }
        }

        var isClosed: Bool {
            if case .closed = stage { true } else { false }
        }

        init(_ role: WebSocketRole, _ limits: WebSocketLimits, _ deflate: MessageDeflate?, now: Int64) {
            lastReceived = now
            outbox = Outbox(limit: limits.outgoing)
            assembler = MessageAssembler(
                role: role, limits: .init(messageSize: limits.message, fragments: limits.fragments), deflate: deflate)
        }
    }
}

// MARK: - Errors of the program

extension WebSocket {
    /// Calls the program. What it throws ends this connection alone.
    func call(_ callback: () throws -> Void) {
        do { try callback() } catch { didFail(error) }
    }

    /// The program has failed to do its part for this connection.
    func didFail(_ error: any Error) {
        close(.internalError)
        loop.contain("a callback of a WebSocket") {
            guard let onError else { throw error }
            try onError(error)
        }
    }
}
