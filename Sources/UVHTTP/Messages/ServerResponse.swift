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
        didSet { if connection == nil, onFinish != nil { callLast() } }
    }

    /// Called last: after ``onFinish``, or without it when the connection has ended before.
    @exclusivity(unchecked) public var onClose: (() throws -> Void)? {
        didSet { if connection == nil, onClose != nil { callLast() } }
    }

    // MARK: State

    /// Whether the head can no longer be changed.
    @exclusivity(unchecked) public private(set) var headersSent = false

    /// Whether ``end()`` was called.
    @exclusivity(unchecked) public private(set) var isEnded = false

    /// Whether the whole response has been handed to the system.
    @exclusivity(unchecked) public internal(set) var isFinished = false

    /// The request that it answers; nil for an answer to bytes that never became one.
    public let request: IncomingMessage?

    @exclusivity(unchecked) private var head = ResponseHead()
    @exclusivity(unchecked) private var framing: ResponseFraming?
    private var bytesToCome: Int?
    private var trailers: [Trailer] = []

    /// The connection that it goes to; nil once it is gone, and then all that is written is dropped.
    @exclusivity(unchecked) private var connection: HTTPConnection?

    /// What was written before its turn.
    private var waiting: [UInt8] = []
    private var isCurrent = false
    private var hasContinued = false
    private var needsDrain = false

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
    }
}

// MARK: - The head

extension ServerResponse {
    /// The status; 200 at first.
    public var status: HTTPResponse.Status {
        get { head.status }
        set { if !headersSent { head.status = newValue } }
    }

    /// Whether a `Date` field is sent, as RFC 9110 section 6.6.1 wants.
    public var sendsDate: Bool {
        get { head.sendsDate }
        set { head.sendsDate = newValue }
    }

    /// Whether the connection stays open for another request.
    public var keepsConnection: Bool {
        get { head.isPersistent }
        set { if !headersSent { head.isPersistent = head.isPersistent && newValue } }
    }

    /// Sets the field `name` to one value, in place of those it had.
    ///
    /// Control characters in `value` become spaces, so that no value can begin another field.
    /// - Complexity: O(fields set).
    public func setHeader(_ name: HTTPField.Name, _ value: String) {
        guard !headersSent else { return }
        head.set(name, value.fieldValue)
    }

    /// Adds a field; those of the same name stay.
    public func appendHeader(_ name: HTTPField.Name, _ value: String) {
        guard !headersSent else { return }
        head.fields.append((name, value.fieldValue))
    }

    /// Removes all fields of a name; one that is sent by default is not sent either: `Date`, `Connection` with
    /// `Keep-Alive`, `Content-Length`, `Transfer-Encoding`. A body with neither of the last two ends with the connection.
    public func removeHeader(_ name: HTTPField.Name) {
        guard !headersSent else { return }
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
        guard !headersSent else { return }
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
        writeInformational("HTTP/1.1 100 Continue\r\n\r\n")
    }

    /// Sends `102 Processing`: the client shall go on waiting. RFC 2518 section 10.1.
    public func writeProcessing() { writeInformational("HTTP/1.1 102 Processing\r\n\r\n") }

    /// Sends `103 Early Hints` with `fields`, such as links to load meanwhile. RFC 8297.
    public func writeEarlyHints(_ fields: HTTPFields) {
        let lines = fields.map { "\($0.name.rawName): \($0.value)\r\n" }.joined()
        writeInformational("HTTP/1.1 103 Early Hints\r\n\(lines)\r\n")
    }

    /// Adds fields to send behind the body, if it is chunked. Those that may not come there are left out: they frame,
    /// route or authorise. RFC 9110 section 6.5.
    public func addTrailers(_ fields: HTTPFields) {
        trailers += fields.compactMap { Trailer(name: $0.name.rawName, value: $0.value) }
    }

    /// Whether the connection can carry another request, as far as this end knows.
    private var isFollowable: Bool {
        guard let connection, !connection.server.isClosing else { return false }
        guard let request, !request.isComplete else { return true }
        // A body over the limit is not waited for. A client that was not told to go on may send its body or not.
        return !request.exceedsLimit && (request.head.expectation != .continue || hasContinued)
    }

    /// Says that the connection closes, and lets the requests be answered that were sent before that is read.
    func announceEnd() { head.announcesEnd = true }

    private func writeInformational(_ text: String) {
        guard !headersSent, head.minorVersion > 0 else { return }
        send(text.utf8Span.span.bytes)
    }

    private func sendHead() {
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

// MARK: - The body

extension ServerResponse {
    /// Sends a piece of the body, and the head before the first one.
    ///
    /// - Returns: False when ``Socket/highWaterMark`` bytes or more wait: stop until ``onDrain``. Nothing is lost if you
    ///   do not.
    @discardableResult
    public func write(_ bytes: RawSpan) -> Bool {
        guard !isEnded, connection != nil else { return false }
        sendHead()
        let isBelowMark = sendBody(bytes)
        if !isBelowMark { needsDrain = true }
        return isBelowMark
    }

    /// Sends a piece of the body, and the head before the first one.
    ///
    /// - Returns: False when ``Socket/highWaterMark`` bytes or more wait: stop until ``onDrain``. Nothing is lost if you
    ///   do not.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool { write(bytes.span.bytes) }

    /// Sends a piece of the body as UTF-8, and the head before the first one.
    ///
    /// - Returns: False when ``Socket/highWaterMark`` bytes or more wait: stop until ``onDrain``. Nothing is lost if you
    ///   do not.
    @discardableResult
    public func write(_ text: String) -> Bool { write(text.utf8Span.span.bytes) }

    /// Ends the response: the request is answered. Silent the second time.
    public func end() { end([]) }

    /// Ends the response with `text` as UTF-8; if nothing was written before, with its Content-Length.
    public func end(_ text: String) { end(text.utf8Span.span.bytes) }

    /// Ends the response with `bytes`; if nothing was written before, with their Content-Length.
    public func end(_ bytes: [UInt8]) { end(bytes.span.bytes) }

    /// Ends the response with `bytes`; if nothing was written before, with their Content-Length.
    public func end(_ bytes: RawSpan) {
        guard !isEnded else { return }
        isEnded = true
        guard let connection else { return }
        if !headersSent { head.contentLength = bytes.byteCount }
        sendHead()
        if !bytes.isEmpty { _ = sendBody(bytes) }
        if framing?.body == .chunked { sendLastChunk() }
        connection.didEnd(self)
    }

    private func sendLastChunk() {
        var frame: [UInt8] = []
        ChunkedEncoder.appendEnd(trailers: trailers, to: &frame)
        send(frame.span.bytes)
    }

    @discardableResult
    private func sendBody(_ bytes: RawSpan) -> Bool {
        switch framing?.body {
        case .chunked where !bytes.isEmpty:
            var frame: [UInt8] = []
            ChunkedEncoder.appendSizeLine(for: bytes.byteCount, to: &frame)
            send(frame.span.bytes)
            send(bytes)
            return send(Self.lineEnd.span.bytes)
        case .plain:
            if let left = bytesToCome {
                // More than the head announces would be read as the next response.
                bytesToCome = left - min(left, bytes.byteCount)
                return send(bytes.extracting(first: left))
            }
            return send(bytes)
        case .chunked, .some(.none), nil:
            return true
        }
    }

    private static let lineEnd: [UInt8] = [13, 10]

    @discardableResult
    private func send(_ bytes: RawSpan) -> Bool {
        guard let connection else { return false }
        if isCurrent { return connection.send(bytes) }
        waiting.append(copying: bytes)
        return waiting.count < connection.socket.highWaterMark
    }
}

// MARK: - Failing

extension ServerResponse {
    /// Runs an `async` handler; what it throws is handled as what a plain one throws.
    func answer(_ request: IncomingMessage, by handler: @escaping HTTPServer.AsyncHandler) {
        guard let server = connection?.server else { return }
        server.loop.spawn { [self] in
            do {
                try await handler(request, self)
            } catch {
                server.handle(error, request, self)
            }
        }
    }

    /// Answers with `status` and nothing else; a connection that was sent a part of another answer is ended. Silent
    /// when the answer is complete.
    package func fail(_ status: HTTPResponse.Status = .internalServerError) {
        guard !isEnded else { return }
        if isOnItsWay { connection?.socket.destroy(); return }
        // What waits for its turn was not sent, `100 Continue` included.
        if !isCurrent { hasContinued = false }
        (headersSent, waiting, trailers, bytesToCome) = (false, [], [], nil)
        head.removeAllFields()
        head.status = status
        end()
    }

    /// Answers a client's error with what Node sends, unless somebody has answered it.
    func endAsNode(_ error: HTTPClientError) {
        if isEnded { return }
        if headersSent || error == .missingHost {
            writeHead(head.status)
        } else {
            headersSent = true
            framing = ResponseFraming(body: .none, isLast: true)
            send(
                "HTTP/1.1 \(error.status) \(head.status.phrase)\r\nConnection: close\r\n\r\n".utf8Span.span.bytes)
        }
        end()
    }
}

// MARK: - Its turn

extension ServerResponse {
    /// Bytes that wait for its turn.
    var waitingLength: Int { waiting.count }

    /// Whether a part of it was sent, so that no other answer can take its place.
    var isOnItsWay: Bool { isCurrent && headersSent }

    /// Whether the connection can carry nothing after it: it says so, or it fell short of what its head announces.
    var isLast: Bool { framing?.isLast ?? false || bytesToCome ?? 0 > 0 && isEnded }

    /// All earlier responses are finished: what waits is sent, and what comes goes out at once.
    func becomeCurrent() {
        isCurrent = true
        guard let connection, !waiting.isEmpty else { return }
        let bytes = waiting
        waiting = []
        if connection.send(bytes.span.bytes) { didDrain() }
    }

    /// Whoever was told to stop may go on.
    func didDrain() {
        guard needsDrain, !isEnded, let connection else { return }
        needsDrain = false
        connection.loop.nextTick { [self] in if let onDrain { run(onDrain) } }
    }

    /// The last byte has been handed on.
    func finish() {
        isFinished = true
        close()
        request?.finish()
    }

    /// The connection is gone, or somebody else answers: nothing more will be sent.
    func close() {
        guard connection != nil else { return }
        connection = nil
        waiting = []
        if onFinish != nil || onClose != nil { callLast() } else { onDrain = nil }
    }

    private func callLast() {
        EventLoop.current.nextTick { [self] in
            if isFinished, let onFinish { run(onFinish) }
            if let onClose { run(onClose) }
            // The program's closures usually hold the response, which holds them.
            (onDrain, onFinish, onClose) = (nil, nil, nil)
        }
    }

    /// Runs a callback: the handler has set it, so what it throws the handler has thrown.
    private func run(_ callback: () throws -> Void) {
        do {
            try callback()
        } catch {
            guard let request else { return _ = EventLoop.current.attempt { throw error } }
            request.server.handle(error, request, self)
        }
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
