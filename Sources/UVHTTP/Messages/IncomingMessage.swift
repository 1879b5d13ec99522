public import HTTPTypes
public import UVCore

/// A request, as Node's `http.IncomingMessage`: its head is here, its body comes when the program reads it.
///
/// Nothing is decoded before it is asked for: the message keeps the bytes of its head and where its parts lie.
///
/// It is a name for the request: a copy names the same one, is equal to it, and keeps it.
@LoopActor
public struct IncomingMessage {
    let exchange: HTTPExchange

    init(_ exchange: HTTPExchange) { self.exchange = exchange }
}

extension IncomingMessage: Hashable {
    public nonisolated static func == (one: IncomingMessage, other: IncomingMessage) -> Bool {
        one.exchange === other.exchange
    }

    public nonisolated func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(exchange)) }
}

// MARK: - The head

extension IncomingMessage {
    /// The method, such as `GET`. RFC 9110 section 9.
    public var method: HTTPRequest.Method { exchange.method.name }

    /// The request target as it was sent: path and query.
    public var url: String { exchange.head.url }

    /// The path, as it was sent, without the query.
    public var path: String { exchange.head.path }

    /// The host and port that the request is for: those of the target if it is a whole URI, and otherwise the Host field.
    /// RFC 9112 section 3.2.2.
    public var authority: String? { exchange.head.authority }

    /// `1.1` or `1.0`.
    public var httpVersion: String { exchange.head.parts.minorVersion == 1 ? "1.1" : "1.0" }

    /// The value of the field `name`. Several of one name are joined by a comma, as RFC 9110 section 5.3 has it, those
    /// of `Cookie` by a semicolon, and of those that may be there once, such as `Content-Type`, the first counts: all
    /// as in Node. Two `Authorization` fields are joined, so that they name no user.
    ///
    /// - Complexity: O(1) for most names that are not there, otherwise O(fields).
    public func header(_ name: HTTPField.Name) -> String? { exchange.head.value(of: name) }

    /// Gives the bytes of a known field's value to `body`, as ``header(_:)`` has it; nil if there is none.
    ///
    /// - Complexity: O(1) if it is not there.
    package func withHeader<Value>(_ field: KnownField, _ body: (RawSpan) throws -> Value) rethrows -> Value? {
        guard hasHeader(field) else { return nil }
        return try exchange.head.withValue(of: field, body)
    }

    /// The value of a known field, as ``header(_:)`` has it.
    ///
    /// - Complexity: O(1) if it is not there.
    package func header(known field: KnownField) -> String? {
        hasHeader(field) ? exchange.head.value(of: field) : nil
    }

    /// Whether there is such a field.
    ///
    /// - Complexity: O(1).
    package func hasHeader(_ field: KnownField) -> Bool { exchange.head.has(field) }

    /// What the server has noted of these fields, for this request or an earlier one. Nothing is where the target says in place
    /// of the fields which host is asked.
    package var notes: FieldNotes {
        exchange.head.parts.target.authority.isEmpty ? exchange.head.notes : FieldNotes()
    }

    /// Notes what the fields alone have shown: later requests that have the same begin with it.
    package func note(_ notes: FieldNotes) {
        if exchange.head.parts.target.authority.isEmpty { exchange.head.notes.formUnion(notes) }
    }

    /// Gives the bytes of ``authority`` to `body`; nil if there is none.
    package func withAuthority<Value>(_ body: (RawSpan) throws -> Value) rethrows -> Value? {
        try exchange.head.withAuthority(body)
    }

    /// All fields, in the order they came.
    ///
    /// - Complexity: O(bytes of the head); each call decodes them anew.
    public var headerFields: HTTPFields { exchange.head.fields }

    /// Lets go of the fields, as if none had come: for a request whose answer may take long, when there are many such. Method and
    /// target stay.
    package func forgetFields() { exchange.head.forgetFields() }

    /// The address that it comes from; nil when the connection is gone.
    public var remoteAddress: SocketAddress? { isClosed ? nil : exchange.state.connection?.remoteAddress }

    /// Whether it came by TLS, so that its URL begins with `https`; false when the connection is gone.
    public var isEncrypted: Bool { isClosed ? false : exchange.state.connection?.isEncrypted ?? false }

    /// The path's bytes, for the router.
    func withPath<Value>(_ body: (RawSpan) throws -> Value) rethrows -> Value {
        try exchange.head.withPath(body)
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

    /// Whether its socket was handed over, to ``HTTPServer/onUpgrade`` or ``HTTPServer/onConnect``.
    public var isUpgrade: Bool { exchange.state.extras?.isUpgrade ?? false }

    /// Fields that came behind a chunked body; complete when ``onEnd`` is called.
    public var trailers: HTTPFields {
        var fields = HTTPFields()
        for trailer in exchange.state.extras?.requestTrailers ?? [] {
            guard let name = HTTPField.Name(trailer.name) else { continue }
            fields.append(HTTPField(name: name, value: String(decoding: trailer.value, as: UTF8.self)))
        }
        return fields
    }
}
