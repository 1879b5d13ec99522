public import HTTPTypes
public import UVCore

/// A request, as Node's `http.IncomingMessage`: its head is here, its body comes when somebody reads it.
///
/// Nothing is decoded before it is asked for: the message keeps the bytes of its head and where its parts lie.
@LoopActor
public final class IncomingMessage {
    // MARK: Callbacks

    /// Called with each piece of the body. The body is read, and its client not held up, from when this is set.
    public var onData: (([UInt8]) throws -> Void)? { didSet { flow() } }

    /// Called, in place of ``onData``, with each piece of the body where it lies; the span is valid for the call alone.
    public var onBytes: ((RawSpan) throws -> Void)? { didSet { flow() } }

    /// Called when the whole body was read, also when it was empty.
    public var onEnd: (() throws -> Void)? { didSet { if isComplete, onEnd != nil { end() } } }

    /// Called when the connection has ended before the request was read whole.
    public var onAborted: (() throws -> Void)?

    /// Called with the reason after ``onAborted``.
    public var onError: ((HTTPBodyError) throws -> Void)?

    /// Called last, when request and response are done with, one way or the other.
    public var onClose: (() throws -> Void)? { didSet { if isClosed, onClose != nil { callLast() } } }

    // MARK: State

    /// Values of the route's `:name` segments, as ``Router`` found them.
    public internal(set) var parameters = PathParameters()

    /// Fields that came behind a chunked body; complete when ``onEnd`` is called.
    public internal(set) var trailers = HTTPFields()

    /// Whether the request has arrived whole.
    public internal(set) var isComplete = false

    /// Whether the connection has ended, or the request was given up, before it was read whole.
    public private(set) var isAborted = false

    /// Whether the client has announced more content than ``HTTPLimits/body``. Reading it answers 413.
    public let exceedsLimit: Bool

    let head: MessageHead
    private let bytes: [UInt8]

    let server: HTTPServer

    /// The connection that it comes from, for as long as it is needed.
    private var connection: HTTPConnection?

    /// The answer, until it was given.
    var response: ServerResponse?

    private var isPaused = false
    private var isDumped = false
    private var hasEnded = false
    private var isEndTold = false
    private var isAnswered = false
    private var failure: HTTPBodyError?
    private(set) var isClosed = false

    init(_ head: MessageHead, _ bytes: RawSpan, on connection: HTTPConnection) {
        self.head = head
        self.bytes = bytes.withUnsafeBytes { [UInt8]($0) }
        self.connection = connection
        server = connection.server
        exceedsLimit =
            if case .length(let length) = head.framing { length > server.limits.body } else { false }
    }

    /// Whether body bytes have a reader now.
    var isFlowing: Bool { isDumped || !isPaused && (onBytes != nil || onData != nil) }
}

// MARK: - The head

extension IncomingMessage {
    public var method: HTTPRequest.Method { head.method.name }

    /// The request target as it was sent: path and query.
    public var url: String { text(head.target.range) }

    /// The path, as it was sent, without the query.
    public var path: String { hasNoPath ? "/" : text(pathRange) }

    /// What follows the `?`, as it was sent; nil without one.
    public var query: String? {
        let range = head.target.path
        guard pathRange.upperBound < range.upperBound else { return nil }
        return text(pathRange.upperBound + 1..<range.upperBound)
    }

    /// `1.1` or `1.0`.
    public var httpVersion: String { head.minorVersion == 1 ? "1.1" : "1.0" }

    /// The value of the field `name`: several of one name are joined by a comma, as RFC 9110 section 5.3 has it.
    ///
    /// - Complexity: O(fields).
    public func header(_ name: HTTPField.Name) -> String? {
        var result: String?
        for field in head.fields where matches(field.name, name.canonicalName) {
            let value = text(field.value)
            result = result.map { "\($0), \(value)" } ?? value
        }
        return result
    }

    /// All fields, in the order they came.
    ///
    /// - Complexity: O(bytes of the head); each call decodes them anew.
    public var headerFields: HTTPFields {
        var fields = HTTPFields()
        for field in head.fields {
            guard let name = HTTPField.Name(text(field.name)) else { continue }
            fields.append(HTTPField(name: name, value: text(field.value)))
        }
        return fields
    }

    /// The address that it comes from; nil when the connection is gone.
    public var remoteAddress: SocketAddress? { connection?.socket.remoteAddress }

    /// The path's bytes, for the router.
    func withPath<Value>(_ body: (RawSpan) throws -> Value) rethrows -> Value {
        if hasNoPath { return try body(Self.root.span.bytes) }
        // The span borrows from a variable, and a property of an object is none.
        let bytes = bytes
        return try body(bytes.span.bytes.extracting(pathRange))
    }

    private static let root: [UInt8] = [UInt8(ascii: "/")]

    /// A URI that ends with its authority means the root, RFC 9110 section 4.2.3.
    private var hasNoPath: Bool { head.target.form == .absolute && pathRange.isEmpty }

    private var pathRange: Range<Int> {
        let range = head.target.path
        let end = bytes[range].firstIndex(of: UInt8(ascii: "?")) ?? range.upperBound
        return range.lowerBound..<end
    }

    private func text(_ range: Range<Int>) -> String {
        // The range lies within the head: it comes from the parser, with the same bytes.
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// Compares without regard to the case of ASCII letters; `canonical` is in lower case.
    private func matches(_ name: Range<Int>, _ canonical: String) -> Bool {
        guard name.count == canonical.utf8.count else { return false }
        return zip(bytes[name], canonical.utf8).allSatisfy { byte, expected in
            byte == expected || (65...90).contains(byte) && byte | 0x20 == expected
        }
    }
}

// MARK: - The body

extension IncomingMessage {
    /// Stops reading the body; the client is held up by TCP.
    public func pause() { isPaused = true }

    /// Reads on. Without ``onData`` and ``onBytes`` the body is thrown away.
    public func resume() {
        isPaused = false
        if onData == nil, onBytes == nil { isDumped = true }
        flow()
    }

    private func flow() {
        guard isFlowing, !isClosed else { return }
        if isComplete { end() } else { connection?.bodyHasReader(self) }
    }

    func deliver(_ bytes: RawSpan) {
        // Who has paused for good gets nothing of what is thrown away.
        guard !isPaused else { return }
        run {
            if let onBytes {
                try onBytes(bytes)
            } else if let onData {
                try onData(bytes.withUnsafeBytes { [UInt8]($0) })
            }
        }
    }

    func append(_ trailer: Trailer) {
        guard let name = HTTPField.Name(trailer.name) else { return }
        trailers.append(HTTPField(name: name, value: String(decoding: trailer.value, as: UTF8.self)))
    }

    /// The last byte has arrived and was delivered.
    func complete() {
        isComplete = true
        if isFlowing || onEnd != nil { end() }
        if isAnswered { close() }
    }

    /// The body was read whole.
    private func end() {
        hasEnded = true
        guard onEnd != nil, !isEndTold else { return }
        // In a tick: whoever sets a callback first shall have time to set the others.
        EventLoop.current.nextTick { [self] in
            guard let onEnd, !isEndTold else { return }
            isEndTold = true
            run(onEnd)
        }
    }

    /// The answer was given: what is left of the body is thrown away.
    func discardBody() {
        isDumped = true
        flow()
    }

    /// The answer was sent.
    func finish() {
        isAnswered = true
        if isComplete { close() }
    }

    /// The connection is gone, or the request was given up.
    func abort(_ error: HTTPBodyError) {
        guard !isClosed else { return }
        if !hasEnded {
            isAborted = true
            failure = error
            if let onAborted { run(onAborted) }
        }
        close()
    }

    /// Nothing more will happen to it.
    private func close() {
        guard !isClosed else { return }
        isClosed = true
        connection = nil
        if hasCallbacks { callLast() } else { response = nil }
    }

    private var hasCallbacks: Bool {
        onClose != nil || onEnd != nil || onBytes != nil || onData != nil || onError != nil || onAborted != nil
    }

    private func callLast() {
        EventLoop.current.nextTick { [self] in
            if let onError, let failure { run { try onError(failure) } }
            if let onClose { run(onClose) }
            // The program's closures usually hold the request, which holds them.
            (onData, onBytes, onEnd, onAborted, onError, onClose) = (nil, nil, nil, nil, nil, nil)
            response = nil
        }
    }

    /// Whether somebody has read the body, or is reading it.
    var isTaken: Bool { isEndTold || onBytes != nil || onData != nil }

    /// Runs a callback: the handler has set it, so what it throws the handler has thrown.
    func run(_ callback: () throws -> Void) {
        do {
            try callback()
        } catch {
            if let response { server.handle(error, self, response) }
        }
    }
}
