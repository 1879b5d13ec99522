public import HTTPTypes
public import UVCore

/// A request, as Node's `http.IncomingMessage`: its head is here, its body comes when the program reads it.
///
/// Nothing is decoded before it is asked for: the message keeps the bytes of its head and where its parts lie.
@LoopActor
public final class IncomingMessage {
    /// What the program has set. The closures usually hold the request, which holds them until it is closed.
    struct Callbacks {
        var data: (([UInt8]) throws -> Void)?
        var bytes: ((RawSpan) throws -> Void)?
        var end: (() throws -> Void)?
        var aborted: (() throws -> Void)?
        var error: ((HTTPBodyError) throws -> Void)?
        var close: (() throws -> Void)?
    }

    /// What every request touches.
    struct Hot {
        var callbacks = Callbacks()

        /// The answer, until both are done with.
        var response: ServerResponse?
    }

    /// Unchecked: a callback is taken out before it is called, so no code of the program runs while this is changed.
    @exclusivity(unchecked) var hot = Hot()

    /// The route that a ``Router`` has found.
    var route: RouteEnd?

    /// Fields that came behind a chunked body; complete when ``onEnd`` is called.
    public internal(set) var trailers = HTTPFields()

    /// Whether its socket was handed over, to ``HTTPServer/onUpgrade`` or ``HTTPServer/onConnect``.
    public internal(set) var isUpgrade = false

    /// See ``subscript(_:)``.
    var values: [ObjectIdentifier: Any] = [:]

    private let requestHead: RequestHead

    /// What has happened to it, and to its answer.
    let exchange: SharedExchange

    init(_ head: MessageHead, _ bytes: RawSpan, on connection: HTTPConnection) {
        requestHead = RequestHead(head, copying: bytes)
        exchange = SharedExchange(Exchange(head, connection.server.limits), on: connection)
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
    /// - Complexity: O(1) for most names that are not there, otherwise O(fields).
    public func header(_ name: HTTPField.Name) -> String? { requestHead.value(of: name) }

    /// Gives the bytes of a known field's value to `body`, as ``header(_:)`` has it; nil if there is none.
    ///
    /// - Complexity: O(1) if it is not there.
    package func withHeader<Value>(_ field: KnownField, _ body: (RawSpan) throws -> Value) rethrows -> Value? {
        try requestHead.withValue(of: field, body)
    }

    /// The value of a known field, as ``header(_:)`` has it.
    ///
    /// - Complexity: O(1) if it is not there.
    package func header(known field: KnownField) -> String? { requestHead.value(of: field) }

    /// Whether there is such a field.
    ///
    /// - Complexity: O(1).
    package func hasHeader(_ field: KnownField) -> Bool { head.known.contains(field) }

    /// Gives the bytes of ``authority`` to `body`; nil if there is none.
    package func withAuthority<Value>(_ body: (RawSpan) throws -> Value) rethrows -> Value? {
        try requestHead.withAuthority(body)
    }

    /// All fields, in the order they came.
    ///
    /// - Complexity: O(bytes of the head); each call decodes them anew.
    public var headerFields: HTTPFields { requestHead.fields }

    /// The address that it comes from; nil when the connection is gone.
    public var remoteAddress: SocketAddress? { isClosed ? nil : exchange.state.connection?.remoteAddress }

    /// What the parser has found in the head.
    var head: MessageHead { requestHead.parts }

    /// The path's bytes, for the router.
    func withPath<Value>(_ body: (RawSpan) throws -> Value) rethrows -> Value {
        try requestHead.withPath(body)
    }
}

// MARK: - State

extension IncomingMessage {
    /// Whether the request has arrived whole.
    public var isComplete: Bool { exchange.state.value.body.arrival == .arrived }

    /// Whether the connection has ended, or the request was given up, before it was read whole.
    public var isAborted: Bool {
        if case .cut = exchange.state.value.body.life { return true }
        return false
    }

    /// Whether nothing more happens to it: ``onClose`` was called, or is next.
    public var isClosed: Bool { !exchange.state.value.body.isOpen }

    /// Whether the client has announced more content than ``HTTPLimits/body``. It is answered 413 in place of the
    /// handler; by a ``Router`` when the handler's turn comes, behind its middleware.
    public var exceedsLimit: Bool { exchange.state.value.exceedsLimit }
}
