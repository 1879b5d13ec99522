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
///
/// What one of its callbacks throws is the fault of one connection, not of the program: the WebSocket is closed with
/// ``CloseCode/internalError``, and the error goes to ``onError``.
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

    /// Called with what another callback of this WebSocket has thrown; the close handshake has begun by then.
    ///
    /// Without it the error goes to ``EventLoop/onUncaughtError``, and without that to standard error. The program goes
    /// on in each case.
    public var onError: ((any Error) throws -> Void)?

    /// Called last, once: with the peer's close code and reason, with 1005 if it gave none, with the code and reason
    /// that were sent to a peer that broke a rule, or with 1006 if the connection was lost without a close frame.
    public var onClose: ((CloseCode, String) throws -> Void)?

    // MARK: State

    /// Where a connection stands, as in the browser's API.
    public enum ReadyState: Sendable {
        case open, closing, closed
    }

    public internal(set) var readyState = ReadyState.open

    /// What was agreed on in the handshake; nil if nothing was.
    public let subprotocol: String?

    /// Bytes sent and not yet taken by the system.
    public var bufferedAmount: Int { socket.writableLength + outbox.length }

    /// The address that it comes from; nil when it is gone.
    public var remoteAddress: SocketAddress? { socket.remoteAddress }

    /// How many bytes were written to the connection, the handshake included.
    package var bytesWritten: Int { socket.bytesWritten }

    let limits: WebSocketLimits

    /// When the last byte arrived, in the loop's time.
    var lastReceived: Int64

    /// The member's entry, if it is in a hub.
    var membership: WebSocketHub.Membership?

    let loop = EventLoop.current
    let socket: Socket
    let role: WebSocketRole

    /// Where in the stream the frames begin. What is before it is the handshake's, and never dropped.
    let firstFrame: Int

    var assembler: MessageAssembler
    var inbox = Inbox()
    var outbox: Outbox

    /// What the peer's close frame said, or what takes its place.
    var closing: (code: CloseCode, reason: String)?
    var hasSentClose = false
    var closeTimer: Deadline?
    var closeObservers: [() throws -> Void] = []

    /// A ping that was not answered yet because the peer does not read: only the latest counts, RFC 6455 section 5.5.3.
    var unansweredPing: [UInt8]?

    /// Takes over a socket on which the handshake is done.
    init(_ socket: Socket, as role: WebSocketRole, subprotocol: String?, limits: WebSocketLimits) {
        self.socket = socket
        self.role = role
        self.subprotocol = subprotocol
        self.limits = limits
        lastReceived = loop.now
        firstFrame = socket.writePosition
        outbox = Outbox(limit: limits.outgoing)
        assembler = MessageAssembler(
            role: role, limits: .init(messageSize: limits.message, fragments: limits.fragments))
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
        if inbox.isPaused { socket.pause() } else { readOn() }
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
        guard let onError else { return loop.reportContained(error) }
        loop.contain { try onError(error) }
    }
}

extension EventLoop {
    /// Calls `callback`. What it throws is reported, and the program goes on.
    func contain(_ callback: () throws -> Void) {
        do { try callback() } catch { reportContained(error) }
    }

    /// Reports an error that concerns one connection: unlike one that a timer's callback throws, it ends the program
    /// only if ``EventLoop/onUncaughtError`` throws in its turn.
    func reportContained(_ error: any Error) {
        guard onUncaughtError == nil else { return attempt { throw error } }
        StandardStream.error.write("Error in a callback of a WebSocket: \(error)\n")
    }
}
