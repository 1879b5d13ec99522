import CLibUV

/// A TCP connection, as Node's `net.Socket`.
///
/// Set the callbacks, then write. What arrives waits for ``onData`` or ``onBytes``; the peer's end is announced by
/// ``onEnd``; ``onClose`` comes last, once, in the closing phase.
///
/// ```swift
/// Server { socket in
///     socket.onData = { bytes in socket.write(bytes) }
/// }.listen(port: 7000)
/// ```
///
/// As in ``EventLoop``, what each read and write touches is unchecked for exclusive access: callbacks are taken out before
/// they are called, and no other code of the program runs while one of these is being changed.
@LoopActor
public final class Socket: HandleOwner {
    // MARK: Callbacks

    /// Called with what has arrived, in an array of its own.
    @exclusivity(unchecked) public var onData: (([UInt8]) throws -> Void)? { didSet { readerChanged() } }

    /// Called, in place of ``onData``, with what has arrived where it lies: nothing is copied, and the span is valid
    /// for the call alone.
    @exclusivity(unchecked) public var onBytes: ((RawSpan) throws -> Void)? { didSet { readerChanged() } }

    /// Called, in a tick, when the peer has ended its side and all before that was delivered. Unless ``allowsHalfOpen``
    /// is set, this side ends in the tick after it.
    @exclusivity(unchecked) public var onEnd: (() throws -> Void)?

    /// Called when everything written has been taken by the system, if a ``write(_:)-([UInt8])`` has returned false.
    @exclusivity(unchecked) public var onDrain: (() throws -> Void)?

    /// Called with what broke the connection, before ``onClose``.
    ///
    /// Without it the error shows only as `hadError` of ``onClose``; a connection that could not be opened is an
    /// uncaught error then.
    @exclusivity(unchecked) public var onError: ((LoopError) throws -> Void)?

    /// Called when the connection is gone; `hadError` tells whether it broke.
    @exclusivity(unchecked) public var onClose: ((_ hadError: Bool) throws -> Void)?

    // MARK: Settings

    /// When this many bytes wait or more, ``write(_:)-([UInt8])`` returns false.
    @exclusivity(unchecked) public var highWaterMark = 16_384

    /// Whether this side stays open when the peer has ended its own.
    public var allowsHalfOpen = false

    // MARK: State

    /// True until the connection is established or has failed.
    public var isConnecting: Bool { life == .connecting }

    /// True from ``destroy(_:)`` on: nothing is read or written any more.
    public var isDestroyed: Bool { life == .destroyed }

    /// True until this side has ended, or is destroyed: a write after that breaks the connection.
    public var isWritable: Bool { writableEnd == .open && !isDestroyed }

    /// Bytes read so far.
    @exclusivity(unchecked) public internal(set) var bytesRead = 0

    let loop: EventLoop
    @exclusivity(unchecked) var handle: Handle?

    /// The server that has accepted it, which counts it until it is destroyed.
    var server: Server?

    private var settings: Settings = .isReferenced
    @exclusivity(unchecked) var life = Life.open

    /// The way in: what was read, and how far reading has come.
    @exclusivity(unchecked) var input = SocketInput()

    /// The addresses that are tried, while it is connecting by a name.
    var attempts: ConnectionAttempts?

    /// Accepted by `write` and not handed to the system: corked, or behind a write that is under way.
    @exclusivity(unchecked) var output: OutputBuffer?
    /// Bytes in the one `uv_write` that is under way; 0 when none is.
    @exclusivity(unchecked) var bytesInFlight = 0
    /// Bytes that the system has taken, without those of the write under way.
    @exclusivity(unchecked) var bytesTaken = 0
    @exclusivity(unchecked) var isCorked = false
    /// Whether ``onDrain`` is owed: a write has returned false, or a protocol above that collects output has done so.
    @exclusivity(unchecked) package var needsDrain = false
    @exclusivity(unchecked) var writableEnd = WritableEnd.open

    /// What was asked for, also before there was a connection to ask it of.
    private struct Settings: OptionSet {
        let rawValue: UInt8
        static let isReferenced = Settings(rawValue: 1)
        static let sendsAtOnce = Settings(rawValue: 2)
    }

    /// From opening to the end.
    enum Life {
        case connecting, open, destroyed
    }

    /// How far this side has come in ending.
    enum WritableEnd {
        case open, requested, sent, finished
    }

    /// A socket that is not connected yet.
    init(on loop: EventLoop) {
        self.loop = loop
    }

    /// This end's address; nil before it is connected and after it is closed.
    public var localAddress: SocketAddress? {
        tcp.flatMap { SocketAddress.of($0, uv_tcp_getsockname) }
    }

    /// The peer's address; nil before it is connected and after it is closed.
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
        handle?.ref()
    }

    /// Lets the loop end although the socket is open.
    public func unref() {
        settings.remove(.isReferenced)
        handle?.unref()
    }

    /// The handle, while it may be used and is no pipe.
    var tcp: UnsafeMutablePointer<uv_tcp_t>? {
        guard let handle, handle.isOpen, handle.raw.pointee.type == UV_TCP else { return nil }
        return handle.pointer(as: uv_tcp_t.self)
    }

    var stream: UnsafeMutablePointer<uv_stream_t>? {
        guard let handle, handle.isOpen else { return nil }
        return handle.pointer(as: uv_stream_t.self)
    }

    /// Takes over a handle that libuv has connected or is about to connect.
    func adopt(_ handle: Handle) {
        self.handle = handle
        handle.owner = self
        if !settings.contains(.isReferenced) { handle.unref() }
    }

    /// What was asked for before libuv had a connection.
    func applySettings() {
        if settings.contains(.sendsAtOnce) { setNoDelay() }
    }

    /// Makes ready for another owner: no callbacks, and nothing is read until it sets its own.
    package func relinquish() {
        (onData, onBytes, onEnd, onDrain, onError, onClose) = (nil, nil, nil, nil, nil, nil)
        allowsHalfOpen = false
        input.flow = .none
        // The last owner has heard the end, the next one has not.
        if input.end == .announced { input.end = .received }
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

// MARK: - Closing

extension Socket {
    /// Closes the connection now; what waits to be written is dropped. Silent the second time.
    ///
    /// ``onError`` follows in a tick if `error` is given, ``onClose`` in the closing phase. Nothing else is called.
    public func destroy(_ error: LoopError? = nil) { destroy(error, resetting: false) }

    /// Closes the connection now, so that the peer gets a reset (`ECONNRESET`) and not the end. See `uv_tcp_close_reset`.
    public func resetAndDestroy() { destroy(nil, resetting: true) }

    private func destroy(_ error: LoopError?, resetting: Bool) {
        guard !isDestroyed else { return }
        dropOutput()
        input.dropAhead()
        life = .destroyed
        attempts?.abandon()
        attempts = nil
        if let error { loop.nextTick { [self] in try onError?(error) } }
        close(hadError: error != nil, resetting: resetting)
        // Behind the error: a server that waits for its last connection is closed after that has told what broke it.
        server?.didLoseConnection()
        server = nil
    }

    private func close(hadError: Bool, resetting: Bool) {
        if let handle, handle.isOpen {
            handle.close(resetting: resetting) { [self] in didClose(hadError: hadError) }
        } else if loop.isExiting {
            didClose(hadError: hadError)
        } else {
            loop.nextTick { [self] in didClose(hadError: hadError) }
        }
    }

    func loopWillEnd() { destroy() }

    private func didClose(hadError: Bool) {
        loop.enter { try onClose?(hadError) }
        // The program's closures usually hold the socket, which holds them.
        (onData, onBytes, onEnd, onDrain, onError, onClose) = (nil, nil, nil, nil, nil, nil)
        handle = nil
    }

    /// Closes when both sides have ended.
    func destroyIfEnded() {
        if input.end == .announced, writableEnd == .finished { destroy() }
    }
}
