public import HTTPTypes
public import UVCore

/// The answer to a request, as Node's `http.ServerResponse`: set the head, write, end.
///
/// What is written while earlier requests of the connection are unanswered is kept until it is this one's turn.
@LoopActor
public final class ServerResponse {
    // MARK: Callbacks

    /// Called when everything written has been taken by the system, if a ``write(_:)-([UInt8])`` has returned false.
    @exclusivity(unchecked) public var onDrain: (() throws -> Void)?

    /// Called when the whole response has been handed to the system, but for what fits below
    /// ``Socket/highWaterMark``.
    @exclusivity(unchecked) public var onFinish: (() throws -> Void)? {
        didSet { if isFinished, onFinish != nil { EventLoop.current.nextTick { [self] in tellFinished() } } }
    }

    /// Called last: after ``onFinish``, or without it when the connection has ended before.
    @exclusivity(unchecked) public var onClose: (() throws -> Void)? {
        didSet { if connection == nil, onClose != nil { tellClosed() } }
    }

    // MARK: State

    /// Whether the head can no longer be changed.
    @exclusivity(unchecked) public internal(set) var headersSent = false

    /// Whether ``end()`` was called.
    @exclusivity(unchecked) public internal(set) var isEnded = false

    /// Whether the whole response has been handed to the system.
    @exclusivity(unchecked) public internal(set) var isFinished = false

    /// The request that it answers; nil for an answer to bytes that never became one.
    public let request: IncomingMessage?

    @exclusivity(unchecked) var head = ResponseHead()
    @exclusivity(unchecked) var framing: ResponseFraming?
    var bytesToCome: Int?

    /// How many bytes of the body were handed on so far, chunks without their frames.
    @exclusivity(unchecked) package internal(set) var bodyLength = 0
    var trailers: [Trailer] = []

    /// The connection that it goes to; nil once it is gone, and then all that is written is dropped.
    @exclusivity(unchecked) var connection: HTTPConnection?

    /// The peer that gets it; nil once the connection is gone.
    package var remoteAddress: SocketAddress? { connection?.socket.remoteAddress }

    /// What was written before its turn.
    var waiting: [UInt8] = []
    var isCurrent = false
    /// What begins when its turn comes.
    var onCurrent: (() throws -> Void)?
    var hasContinued = false
    var needsDrain = false
    var hasWarned = false

    init(to request: IncomingMessage, on connection: HTTPConnection) {
        self.request = request
        self.connection = connection
        head.minorVersion = request.head.minorVersion
        head.isPersistent = request.head.isPersistent
        head.allowsBody = request.head.method != .head
    }

    /// An answer to what is no request, or to a request that cannot go on. It closes the connection.
    init(to error: HTTPClientError, _ request: IncomingMessage?, on connection: HTTPConnection) {
        self.request = request
        self.connection = connection
        head.status = HTTPResponse.Status(code: error.status)
        head.isPersistent = false
        head.allowsBody = request?.head.method != .head
    }

    /// The answer to a request that is done with: what is written to it is dropped.
    init(over request: IncomingMessage) {
        self.request = request
        (headersSent, isEnded) = (true, true)
    }
}

// MARK: - The head

extension ServerResponse {
    /// The status; 200 at first.
    public var status: HTTPResponse.Status {
        get { head.status }
        set { if headersSent { misuse("status") } else { head.status = newValue } }
    }

    /// Whether a `Date` field is sent, as RFC 9110 section 6.6.1 wants.
    public var sendsDate: Bool {
        get { head.sendsDate }
        set { head.sendsDate = newValue }
    }

    /// Whether the connection stays open for another request.
    public var keepsConnection: Bool {
        get { head.isPersistent }
        set { if headersSent { misuse("keepsConnection") } else { head.isPersistent = head.isPersistent && newValue } }
    }

    /// Sets the field `name` to one value, in place of those it had.
    ///
    /// Control characters in `value` become spaces, so that no value can begin another field.
    /// - Complexity: O(fields set).
    public func setHeader(_ name: HTTPField.Name, _ value: String) {
        guard !headersSent else { return misuse("setHeader") }
        head.set(name, value.fieldValue)
    }

    /// Adds a field; those of the same name stay.
    public func appendHeader(_ name: HTTPField.Name, _ value: String) {
        guard !headersSent else { return misuse("appendHeader") }
        head.fields.append((name, value.fieldValue))
    }

    /// Removes all fields of a name; one that is sent by default is not sent either: `Date`, `Connection` with
    /// `Keep-Alive`, `Content-Length`, `Transfer-Encoding`. A body with neither of the last two ends with the connection.
    public func removeHeader(_ name: HTTPField.Name) {
        guard !headersSent else { return misuse("removeHeader") }
        head.remove(name)
    }

    /// Forgets what was said of these fields, as if they had been neither set nor removed.
    package func forgetHeaders(_ names: Set<HTTPField.Name>) {
        if !headersSent { head.forget(names) }
    }

    /// The first value that the field `name` was set to.
    public func header(_ name: HTTPField.Name) -> String? {
        head.value(of: name)
    }

    /// Sets status and fields, and closes the head: without a Content-Length among the fields the body is chunked.
    ///
    /// A field takes the place of those of the same name that were set before.
    public func writeHead(_ status: HTTPResponse.Status, _ fields: HTTPFields = [:]) {
        guard !headersSent else { return misuse("writeHead") }
        head.status = status
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
        hasContinued = true
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

    /// Whether the connection can carry another request, as far as this end knows.
    private var isFollowable: Bool {
        guard let connection else { return false }
        // Of the answers that a server owes when it closes, the last one says so.
        if connection.server.isClosing, connection.responses.last === self, !connection.isFollowed { return false }
        guard let request, !request.isComplete else { return true }
        // A body over the limit is not waited for. A client that was not told to go on may send its body or not.
        return !request.exceedsLimit && (request.head.expectation != .continue || hasContinued)
    }

    /// Says that the connection closes. Requests that the client sends before it reads that are still answered.
    func announceEnd() { head.announcesEnd = true }

    private func writeInformational(_ text: String, _ call: StaticString) {
        guard !headersSent else { return misuse(call) }
        guard head.minorVersion > 0 else { return }
        send(text.utf8Span.span.bytes)
    }

    func sendHead() {
        guard let connection, !headersSent else { return }
        headersSent = true
        if !isFollowable { head.isPersistent = false }
        let server = connection.server
        server.scratch.removeAll(keepingCapacity: true)
        let framing = server.headEncoder.encode(head, date: server.date.at(server.loop.now), into: &server.scratch)
        self.framing = framing
        if case .plain(let length) = framing.body { bytesToCome = length }
        send(server.scratch.span.bytes)
    }
}

extension String {
    /// The text as it may be sent as a field's value: with a space for each control character.
    fileprivate var fieldValue: String {
        if HTTPGrammar.isFieldValue(utf8Span.span.bytes) { return self }
        let scalars = unicodeScalars.map { $0.value < 32 && $0 != "\t" || $0.value == 127 ? " " : $0 }
        return String(String.UnicodeScalarView(scalars))
    }
}
