public import HTTPTypes
public import UVCore

/// A request, as Node's `http.IncomingMessage`: its head is here, its body comes when the program reads it.
///
/// Nothing is decoded before it is asked for: the message keeps the bytes of its head and where its parts lie.
@LoopActor
public final class IncomingMessage {
    // MARK: Callbacks

    /// Called with each piece of the body. Once this is set, the body is read and its client is not held up.
    @exclusivity(unchecked) public var onData: (([UInt8]) throws -> Void)? { didSet { readerChanged() } }

    /// Called, in place of ``onData``, with each piece of the body where it lies; the span is valid for the call alone.
    @exclusivity(unchecked) public var onBytes: ((RawSpan) throws -> Void)? { didSet { readerChanged() } }

    /// Called when the whole body was read, also when it was empty: by ``onData`` or ``onBytes``, or thrown away by
    /// ``resume()`` or because the answer was given.
    @exclusivity(unchecked) public var onEnd: (() throws -> Void)? { didSet { listenerCame() } }

    /// Called when the connection has ended before the request was read whole.
    @exclusivity(unchecked) public var onAborted: (() throws -> Void)?

    /// Called with the reason after ``onAborted``.
    @exclusivity(unchecked) public var onError: ((HTTPBodyError) throws -> Void)?

    /// Called last: two ticks after ``onEnd``, or behind ``onError``. The answer may come later.
    @exclusivity(unchecked) public var onClose: (() throws -> Void)? {
        didSet { if isClosed, onClose != nil { EventLoop.current.nextTick { [self] in tellClosed() } } }
    }

    // MARK: State

    /// Values of the route's `:name` segments, as ``Router`` found them.
    public internal(set) var parameters = PathParameters()

    /// Fields that came behind a chunked body; complete when ``onEnd`` is called.
    public internal(set) var trailers = HTTPFields()

    /// Whether the request has arrived whole.
    @exclusivity(unchecked) public internal(set) var isComplete = false

    /// Whether the connection has ended, or the request was given up, before it was read whole.
    public var isAborted: Bool { failure != nil }

    /// Whether nothing more happens to it: ``onClose`` was called, or is next.
    @exclusivity(unchecked) public internal(set) var isClosed = false

    /// Whether its socket was handed over, to ``HTTPServer/onUpgrade`` or ``HTTPServer/onConnect``.
    @exclusivity(unchecked) public internal(set) var isUpgrade = false

    /// Whether the client has announced more content than ``HTTPLimits/body``. It is answered 413 in place of the
    /// handler; by a ``Router`` when the handler's turn comes, behind its middleware.
    public let exceedsLimit: Bool

    /// See ``subscript(_:)``.
    var values: [ObjectIdentifier: Any] = [:]

    private let requestHead: RequestHead

    let server: HTTPServer

    /// The connection that it comes from, for as long as it is needed.
    @exclusivity(unchecked) var connection: HTTPConnection?

    /// The answer, until both are done with.
    @exclusivity(unchecked) var response: ServerResponse?

    /// How far its body was read.
    @exclusivity(unchecked) var stream = BodyStream()

    /// Why it was given up.
    var failure: HTTPBodyError?

    init(_ head: MessageHead, _ bytes: RawSpan, on connection: HTTPConnection) {
        requestHead = RequestHead(head, copying: bytes)
        self.connection = connection
        server = connection.server
        exceedsLimit =
            if case .length(let length) = head.framing { length > server.limits.body } else { false }
    }
}

// MARK: - The head

extension IncomingMessage {
    public var method: HTTPRequest.Method { head.method.name }

    /// The request target as it was sent: path and query.
    public var url: String { requestHead.url }

    /// The path, as it was sent, without the query.
    public var path: String { requestHead.path }

    /// What follows the `?`, as it was sent; nil without one.
    public var query: String? { requestHead.query }

    /// The host and port that the request is for: those of the target if it is a whole URI, and otherwise the Host field.
    /// RFC 9112 section 3.2.2.
    public var authority: String? { requestHead.authority }

    /// `1.1` or `1.0`.
    public var httpVersion: String { head.minorVersion == 1 ? "1.1" : "1.0" }

    /// The value of the field `name`. Several of one name are joined by a comma, as RFC 9110 section 5.3 has it, those
    /// of `Cookie` by a semicolon, and of those that may be there once, such as `Content-Type`, the first counts: all
    /// as in Node. Two `Authorization` fields are joined, so that they name no user.
    ///
    /// - Complexity: O(fields).
    public func header(_ name: HTTPField.Name) -> String? { requestHead.value(of: name.canonicalName) }

    /// All fields, in the order they came.
    ///
    /// - Complexity: O(bytes of the head); each call decodes them anew.
    public var headerFields: HTTPFields { requestHead.fields }

    /// The address that it comes from; nil when the connection is gone.
    public var remoteAddress: SocketAddress? { connection?.socket.remoteAddress }

    /// What the parser has found in the head.
    var head: MessageHead { requestHead.parts }

    /// The path's bytes, for the router.
    func withPath<Value>(_ body: (RawSpan) throws -> Value) rethrows -> Value {
        try requestHead.withPath(body)
    }
}
