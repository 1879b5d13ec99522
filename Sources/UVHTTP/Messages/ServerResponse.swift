public import HTTPTypes
public import UVCore

/// The answer to a request, as Node's `http.ServerResponse`: set the head, write, end.
///
/// What is written while earlier requests of the connection are unanswered is kept until it is this one's turn.
@LoopActor
public final class ServerResponse {
    /// What the program has set. The closures usually hold the response, which holds them until it is closed.
    struct Callbacks {
        var drain: (() throws -> Void)?
        var finish: (() throws -> Void)?
        var close: (() throws -> Void)?
        var clientEnd: (() throws -> Void)?
        /// What begins when its turn comes.
        var turn: (() throws -> Void)?
    }

    /// What every answer touches.
    struct Hot: ~Copyable {
        var callbacks = Callbacks()
        var head = ResponseHead()

        /// What was written before its turn.
        var waiting: [UInt8] = []
    }

    /// Unchecked: a callback is taken out before it is called, so no code of the program runs while this is changed.
    @exclusivity(unchecked) var hot = Hot()

    /// The request that it answers; nil for an answer to bytes that never became one.
    public let request: IncomingMessage?

    /// What has happened to it, and to its request.
    let exchange: SharedExchange

    var trailers: [Trailer] = []
    var hasWarned = false

    init(to request: IncomingMessage) {
        self.request = request
        exchange = request.exchange
        hot.head.minorVersion = request.head.minorVersion
        hot.head.isPersistent = request.head.isPersistent
        hot.head.allowsBody = request.head.method != .head
    }

    /// An answer to what is no request, or to a request that cannot go on. It closes the connection.
    init(to error: HTTPClientError, _ request: IncomingMessage?, on connection: HTTPConnection) {
        self.request = request
        exchange = SharedExchange(Exchange(), on: connection)
        hot.head.status = HTTPResponse.Status(code: error.status)
        hot.head.isPersistent = false
        // Of a request that was not read to its end the parser may know the method. RFC 9110 section 9.3.2.
        hot.head.allowsBody = (request?.head ?? connection.parser.head).method != .head
    }

    /// The answer to a request that is done with: what is written to it is dropped.
    init(over request: IncomingMessage) {
        self.request = request
        exchange = SharedExchange(.over, on: request.exchange.server)
    }
}

// MARK: - State

extension ServerResponse {
    /// Whether the head can no longer be changed.
    public var headersSent: Bool { answer.isHeadSent }

    /// Whether ``end()`` was called.
    public var isEnded: Bool { answer.isEnded }

    /// Whether the whole response has been handed to the system.
    public var isFinished: Bool { answer.place == .sent }

    /// How many bytes of the body were handed on so far, chunks without their frames.
    package var bodyLength: Int { answer.bodyLength }

    /// The peer that gets it; nil once the connection is gone.
    package var remoteAddress: SocketAddress? { connection?.remoteAddress }

    /// The connection that it goes to; nil once it is gone, and then all that is written is dropped.
    var connection: HTTPConnection? { answer.isOwed ? exchange.state.connection : nil }

    var answer: Answer { exchange.state.value.answer }
}

// MARK: - The head

extension ServerResponse {
    /// The status; 200 at first.
    public var status: HTTPResponse.Status {
        get { hot.head.status }
        set { if headersSent { misuse("status") } else { hot.head.status = newValue } }
    }

    /// Whether a `Date` field is sent, as RFC 9110 section 6.6.1 wants.
    public var sendsDate: Bool {
        get { hot.head.sendsDate }
        set { hot.head.sendsDate = newValue }
    }

    /// Whether the connection stays open for another request.
    public var keepsConnection: Bool {
        get { hot.head.isPersistent }
        set {
            if headersSent { return misuse("keepsConnection") }
            hot.head.isPersistent = hot.head.isPersistent && newValue
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
        hot.head.set(name, value)
    }

    /// Sets the field `name` to what `write` writes, `room` bytes at most, in place of those of its name. No memory is
    /// allocated for it.
    package func setHeader(_ name: HTTPField.Name, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        guard !headersSent else { return misuse("setHeader") }
        hot.head.set(name, room: room, write)
    }

    /// Sets the field that `line` is, in place of those of its name.
    package func setHeader(_ line: FieldLine) {
        guard !headersSent else { return misuse("setHeader") }
        hot.head.set(line)
    }

    /// Adds the field that `line` is; those of the same name stay.
    package func appendHeader(_ line: FieldLine) {
        guard !headersSent else { return misuse("appendHeader") }
        hot.head.append(line)
    }

    /// Adds a field; those of the same name stay.
    public func appendHeader(_ name: HTTPField.Name, _ value: String) {
        guard !headersSent else { return misuse("appendHeader") }
        hot.head.append(name, value)
    }

    /// Removes all fields of a name; one that is sent by default is not sent either: `Date`, `Connection` with
    /// `Keep-Alive`, `Content-Length`, `Transfer-Encoding`. A body with neither of the last two ends with the connection.
    public func removeHeader(_ name: HTTPField.Name) {
        guard !headersSent else { return misuse("removeHeader") }
        hot.head.remove(name)
    }

    /// Forgets what was said of these fields, as if they had been neither set nor removed.
    package func forgetHeaders(_ names: Set<HTTPField.Name>) {
        if !headersSent { hot.head.forget(names) }
    }

    /// The first value that the field `name` was set to.
    public func header(_ name: HTTPField.Name) -> String? {
        hot.head.value(of: name)
    }

    /// Gives the bytes of the first value that the field `name` was set to to `body`; nil if there is none.
    package func withHeader<Value>(
        _ name: HTTPField.Name, _ body: (RawSpan) throws -> Value
    ) rethrows -> Value? {
        try hot.head.fields.withValue(of: name.rawName.utf8.span.bytes, body)
    }

    /// Sets status and fields, and closes the head: without a Content-Length among the fields the body is chunked.
    ///
    /// A field takes the place of those of the same name that were set before.
    public func writeHead(_ status: HTTPResponse.Status, _ fields: HTTPFields = [:]) {
        guard !headersSent else { return misuse("writeHead") }
        hot.head.status = status
        var names: Set<HTTPField.Name> = []
        for field in fields {
            if names.insert(field.name).inserted {
                setHeader(field.name, field.value)
            } else {
                appendHeader(field.name, field.value)
            }
        }
        sendHead()
    }

    /// Sends `100 Continue`: the client may send the body now. RFC 9110 section 15.2.1.
    public func writeContinue() {
        exchange.state.value.tellToContinue()
        writeInformational("HTTP/1.1 100 Continue\r\n\r\n", "writeContinue")
    }

    /// Sends `102 Processing`: the client should go on waiting. RFC 2518 section 10.1.
    public func writeProcessing() { writeInformational("HTTP/1.1 102 Processing\r\n\r\n", "writeProcessing") }

    /// Sends `103 Early Hints` with `fields`, such as links to load meanwhile. RFC 8297.
    public func writeEarlyHints(_ fields: HTTPFields) {
        let lines = fields.map { "\($0.name.rawName): \($0.value)\r\n" }.joined()
        writeInformational("HTTP/1.1 103 Early Hints\r\n\(lines)\r\n", "writeEarlyHints")
    }

    /// Adds fields to send behind the body, if it is chunked. Those that may not come there are left out: they frame,
    /// route or authorise. RFC 9110 section 6.5.
    public func addTrailers(_ fields: HTTPFields) {
        guard !isEnded else { return misuse("addTrailers") }
        trailers += fields.compactMap { Trailer(name: $0.name.rawName, value: $0.value) }
    }

    /// Says that the connection closes. Requests that the client sends before it reads that are still answered.
    func announceEnd() { hot.head.announcesEnd = true }

    private func writeInformational(_ text: String, _ call: StaticString) {
        guard !headersSent else { return misuse(call) }
        guard hot.head.minorVersion > 0 else { return }
        send(text.utf8Span.span.bytes)
    }

    /// Sends the head, if it was not, and with it a body that is known whole and is small. Returns whether that was sent.
    @discardableResult
    func sendHead(with body: RawSpan? = nil) -> Bool {
        guard !headersSent, let connection else { return false }
        if !connection.mayBeFollowed(self) { hot.head.isPersistent = false }
        let server = exchange.server
        let plan = server.headEncoder.plan(hot.head, at: server.loop.now)
        exchange.state.value.answer.sendHead(plan.framing)
        var (small, isSmall) = (RawSpan(), false)
        if let body, body.byteCount <= Self.smallBody, case .plain = plan.framing.body,
            case .plain(let count) = exchange.state.value.answer.write(body.byteCount)
        {
            (small, isSmall) = (body.extracting(first: count), true)
        }
        send(room: plan.room + small.byteCount) { output in
            server.headEncoder.write(plan, of: hot.head, to: &output)
            output.append(copying: small)
        }
        return isSmall
    }

    /// Up to this size copying costs less than a second write.
    private static let smallBody = 1_024
}
