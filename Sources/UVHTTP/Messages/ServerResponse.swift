public import HTTPTypes
public import UVCore

/// The answer to a request, as Node's `http.ServerResponse`: set the head, write, end.
///
/// What is written while earlier requests of the connection are unanswered is kept until it is this one's turn.
///
/// It is a name for the answer: a copy names the same one, is equal to it, and keeps it.
@LoopActor
public struct ServerResponse {
    let exchange: HTTPExchange

    init(_ exchange: HTTPExchange) { self.exchange = exchange }
}

extension ServerResponse: Hashable {
    public nonisolated static func == (one: ServerResponse, other: ServerResponse) -> Bool {
        one.exchange === other.exchange
    }

    public nonisolated func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(exchange)) }
}

// MARK: - State

extension ServerResponse {
    /// The request that it answers; nil for an answer to bytes that never became one.
    public var request: IncomingMessage? { exchange.subject?.request }

    /// Whether the head can no longer be changed.
    public var headersSent: Bool { exchange.answer.isHeadSent }

    /// Whether ``end()`` was called.
    public var isEnded: Bool { exchange.answer.isEnded }

    /// Whether the whole response has been handed to the system.
    public var isFinished: Bool { exchange.answer.place == .sent }

    /// The number that the server has given to the request; nil if it has given none. It is not sent by itself.
    package var number: RequestNumber? {
        get { exchange.state.number }
        nonmutating set { exchange.state.number = newValue }
    }

    /// Whether nothing that is written reaches the client any more: it was sent all, or is gone.
    package var isDone: Bool { !exchange.answer.isOwed }

    /// How many bytes of the body were handed on so far, chunks without their frames.
    package var bodyLength: Int { exchange.answer.bodyLength }

    /// The peer that gets it; nil once the connection is gone.
    package var remoteAddress: SocketAddress? { exchange.outlet?.remoteAddress }
}

// MARK: - The head

extension ServerResponse {
    /// The status; 200 at first.
    public var status: HTTPResponse.Status {
        get { exchange.responseHead.status }
        nonmutating set { if headersSent { misuse("status") } else { exchange.responseHead.status = newValue } }
    }

    /// Whether a `Date` field is sent, as RFC 9110 section 6.6.1 wants.
    public var sendsDate: Bool {
        get { exchange.responseHead.sendsDate }
        nonmutating set { exchange.responseHead.sendsDate = newValue }
    }

    /// Whether the connection stays open for another request.
    public var keepsConnection: Bool {
        get { exchange.responseHead.isPersistent }
        nonmutating set {
            if headersSent { return misuse("keepsConnection") }
            if !newValue { exchange.responseHead.isPersistent = false }
        }
    }

    /// Sets the field `name` to one value, in place of those it had.
    ///
    /// Control characters in `value` become spaces, so that no value can begin another field.
    /// - Complexity: O(fields set).
    public func setHeader(_ name: HTTPField.Name, _ value: String) {
        setHeader(name, value.utf8.span.bytes)
    }

    /// Sets the field `name` to the bytes `value`. See ``setHeader(_:_:)-(HTTPField.Name,String)``.
    package func setHeader(_ name: HTTPField.Name, _ value: RawSpan) {
        guard !headersSent else { return misuse("setHeader") }
        exchange.responseHead.set(name, value)
    }

    /// Sets the field `name` to what `write` writes, `room` bytes at most, in place of those of its name. No memory is
    /// allocated for it.
    package func setHeader(_ name: HTTPField.Name, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        guard !headersSent else { return misuse("setHeader") }
        exchange.responseHead.set(name, room: room, write)
    }

    /// Sets the field that `line` is, in place of those of its name.
    package func setHeader(_ line: FieldLine) {
        guard !headersSent else { return misuse("setHeader") }
        exchange.responseHead.set(line)
    }

    /// Adds the field that `line` is; those of the same name stay.
    package func appendHeader(_ line: FieldLine) {
        guard !headersSent else { return misuse("appendHeader") }
        exchange.responseHead.append(line)
    }

    /// Sets the fields of `template`, with what `write` writes in its gap: `room` bytes at most, without a control
    /// character. They come in place of those of their names.
    package func setHeaders(_ template: FieldTemplate, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        guard !headersSent else { return misuse("setHeaders") }
        exchange.responseHead.set(template, room: room, write)
    }

    /// Adds a field; those of the same name stay.
    public func appendHeader(_ name: HTTPField.Name, _ value: String) {
        guard !headersSent else { return misuse("appendHeader") }
        exchange.responseHead.append(name, value)
    }

    /// Removes all fields of a name; one that is sent by default is not sent either: `Date`, `Connection` with
    /// `Keep-Alive`, `Content-Length`, `Transfer-Encoding`. A body with neither of the last two ends with the connection.
    public func removeHeader(_ name: HTTPField.Name) {
        guard !headersSent else { return misuse("removeHeader") }
        exchange.responseHead.remove(name)
    }

    /// Forgets what was said of these fields, as if they had been neither set nor removed.
    package func forgetHeaders(_ names: Set<HTTPField.Name>) {
        if !headersSent { exchange.responseHead.forget(names) }
    }

    /// The first value that the field `name` was set to.
    public func header(_ name: HTTPField.Name) -> String? {
        exchange.responseHead.value(of: name)
    }

    /// Gives the bytes of the first value that the field `name` was set to to `body`; nil if there is none.
    package func withHeader<Value>(
        _ name: HTTPField.Name, _ body: (RawSpan) throws -> Value
    ) rethrows -> Value? {
        try exchange.responseHead.fields.withValue(of: name.rawName.utf8.span.bytes, body)
    }

    /// Sets status and fields, and closes the head: without a Content-Length among the fields the body is chunked.
    ///
    /// A field takes the place of those of the same name that were set before.
    public func writeHead(_ status: HTTPResponse.Status, _ fields: HTTPFields = [:]) {
        guard !headersSent else { return misuse("writeHead") }
        exchange.responseHead.status = status
        var names: Set<HTTPField.Name> = []
        for field in fields {
            if names.insert(field.name).inserted {
                setHeader(field.name, field.value)
            } else {
                appendHeader(field.name, field.value)
            }
        }
        exchange.sendHead()
    }

    /// Adds fields to send behind the body, if it is chunked. Those that may not come there are left out: they frame,
    /// route or authorise. RFC 9110 section 6.5.
    public func addTrailers(_ fields: HTTPFields) {
        guard !isEnded else { return misuse("addTrailers") }
        let trailers = fields.compactMap { Trailer(name: $0.name.rawName, value: $0.value) }
        exchange.setExtra { $0.responseTrailers += trailers }
    }
}
