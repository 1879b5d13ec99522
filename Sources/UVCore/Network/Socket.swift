import CLibUV

/// A connection, as Node's `net.Socket`: by TCP, or to a Unix domain socket.
///
/// Set the callbacks, then write. What arrives waits for ``onData`` or ``onBytes``; the peer's end is announced by
/// ``onEnd``; ``onClose`` comes last, once, in the closing phase.
///
/// ```swift
/// Server { socket in
///     socket.onData = { bytes in socket.write(bytes) }
/// }.listen(port: 7000)
/// ```
@LoopActor
public final class Socket: HandleOwner {
    // MARK: Callbacks

    /// Called with what has arrived, in an array of its own.
    public var onData: (([UInt8]) throws -> Void)? {
        get { state.onData }
        set {
            state.onData = newValue
            readerChanged()
        }
    }

    /// Called, in place of ``onData``, with what has arrived where it lies: nothing is copied, and the span is valid
    /// for the call alone.
    public var onBytes: ((RawSpan) throws -> Void)? {
        get { state.onBytes }
        set {
            state.onBytes = newValue
            readerChanged()
        }
    }

    /// Called, in a tick, when the peer has ended its side and all before that was delivered. Unless ``allowsHalfOpen``
    /// is set, this side ends in the tick after it.
    public var onEnd: (() throws -> Void)?

    /// Called when everything written has been taken by the system, if a ``write(_:)-([UInt8])`` has returned false.
    public var onDrain: (() throws -> Void)?

    /// Called with what broke the connection, before ``onClose``.
    ///
    /// Without it the error shows only as `hadError` of ``onClose``; a connection that could not be opened is an
    /// uncaught error then.
    public var onError: ((LoopError) throws -> Void)?

    /// Called when the connection is gone; `hadError` tells whether it broke.
    public var onClose: ((_ hadError: Bool) throws -> Void)?

    // MARK: Settings

    /// When this many bytes wait or more, ``write(_:)-([UInt8])`` returns false.
    public var highWaterMark: Int {
        get { state.highWaterMark }
        set { state.highWaterMark = newValue }
    }

    /// Whether this side stays open when the peer has ended its own.
    public var allowsHalfOpen = false

    // MARK: State

    /// True until the connection is established, its layer included, or has failed.
    public var isConnecting: Bool { state.life == .connecting || state.life == .handshaking }

    /// True from ``destroy(_:)`` on: nothing is read or written any more.
    @inlinable public var isDestroyed: Bool { state.life == .destroyed }

    /// Whether this side has ended, and the system has taken all that was written and the end.
    package var hasSentAll: Bool { state.writableEnd == .finished }

    /// True until this side has ended, or is destroyed: a write after that breaks the connection.
    @inlinable public var isWritable: Bool { state.writableEnd == .open && !isDestroyed }

    /// Bytes read so far; of a connection with a layer, those of its content.
    public var bytesRead: Int { state.bytesRead }

    /// What lies between the socket and the network, such as TLS.
    public var layer: (any SocketLayer)? { state.layer }

    /// Whether a layer, such as TLS, lies between the socket and the network.
    public var isEncrypted: Bool { state.layer != nil }

    /// Whether ``onDrain`` is owed: a write has returned false, or a protocol above that collects output has done so.
    package var needsDrain: Bool {
        get { state.owed.contains(.drain) }
        set { if newValue { state.owed.insert(.drain) } else { state.owed.remove(.drain) } }
    }

    package let loop: EventLoop

    // Unchecked for exclusive access: one thread touches it, callbacks are taken out before they are called, and no other
    // code of the program runs while a part of it is being changed.
    @exclusivity(unchecked) @usableFromInline var state = State()

    /// The server that has accepted it, which counts it until it is destroyed.
    var server: Server?

    /// The addresses that are tried, while it is connecting by a name.
    var attempts: ConnectionAttempts?

    /// What follows its layer's handshake, until then.
    var opening: LayerOpening?

    /// What only some sockets have, made when it is asked for.
    var extras: SocketExtras?

    private var settings: Settings = .isReferenced

    /// What was asked for, also before there was a connection to ask it of.
    private struct Settings: OptionSet {
        let rawValue: UInt8
        static let isReferenced = Settings(rawValue: 1)
        static let sendsAtOnce = Settings(rawValue: 2)
    }

    /// A socket that is not connected yet.
    init(on loop: EventLoop) {
        self.loop = loop
    }

    /// This end's address; nil before it is connected, after it is closed, and for a Unix domain socket.
    public var localAddress: SocketAddress? {
        tcp.flatMap { SocketAddress.of($0, uv_tcp_getsockname) }
    }

    /// The peer's address; nil before it is connected, after it is closed, and for a Unix domain socket.
    public var remoteAddress: SocketAddress? {
        tcp.flatMap { SocketAddress.of($0, uv_tcp_getpeername) }
    }

    /// Sends small writes at once (`TCP_NODELAY`) instead of waiting for more to go with them.
    public func setNoDelay(_ isEnabled: Bool = true) {
        if isEnabled { settings.insert(.sendsAtOnce) } else { settings.remove(.sendsAtOnce) }
        // Fails only on a connection that has broken, which the next read or write reports.
        if let tcp { uv_tcp_nodelay(tcp, isEnabled ? 1 : 0) }
    }

    /// Lets the socket keep the loop alive (again).
    public func ref() {
        settings.insert(.isReferenced)
        state.handle?.ref()
    }

    /// Lets the loop end although the socket is open.
    public func unref() {
        settings.remove(.isReferenced)
        state.handle?.unref()
    }

    /// The handle, while it may be used and is no pipe.
    var tcp: UnsafeMutablePointer<uv_tcp_t>? {
        guard let handle = state.handle, handle.isOpen, handle.raw.pointee.type == UV_TCP else { return nil }
        return handle.pointer(as: uv_tcp_t.self)
    }

    var stream: UnsafeMutablePointer<uv_stream_t>? {
        guard let handle = state.handle, handle.isOpen else { return nil }
        return handle.pointer(as: uv_stream_t.self)
    }

    /// Takes over a handle that libuv has connected or is about to connect.
    func adopt(_ handle: Handle) {
        state.handle = handle
        handle.owner = self
        if !settings.contains(.isReferenced) { handle.unref() }
    }

    /// What was asked for before libuv had a connection.
    func applySettings() {
        if settings.contains(.sendsAtOnce) { setNoDelay() }
        extras?.didConnect(self)
    }

    /// Makes ready for another owner: no callbacks, and nothing is read until it sets its own.
    package func relinquish() {
        (onData, onBytes, onEnd, onDrain, onError, onClose) = (nil, nil, nil, nil, nil, nil)
        allowsHalfOpen = false
        if let extras {
            (onTimeout, idleTime) = (nil, nil)
            extras.reader.take()?.finish(.success(nil))
        }
        state.input.flow = .none
        // The last owner has heard the end, the next one has not.
        if state.input.end == .announced { state.input.end = .received }
        updateReading()
        announceEndIfDelivered()
    }

    static func makeHandle(on loop: EventLoop) throws(LoopError) -> Handle {
        if loop.hasEnded { throw .cancelled("uv_tcp_init") }
        return try Handle(
            UV_TCP, initialize: { uv_tcp_init(loop.raw, $0.assumingMemoryBound(to: uv_tcp_t.self)) },
            call: "uv_tcp_init")
    }
}
