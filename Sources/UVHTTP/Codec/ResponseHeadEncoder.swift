import HTTPTypes
import UVCore

/// What a response says before its body.
struct ResponseHead {
    var status: HTTPResponse.Status = .ok
    var fields: [(name: HTTPField.Name, value: String)] = []
    var sendsDate = true
    /// Names that were removed: their defaults are not sent either.
    private(set) var removed: Set<HTTPField.Name> = []

    // What the request allows.
    var minorVersion = 1
    var isPersistent = true
    /// Whether it says that the connection closes, although answers may follow to what is on its way.
    var announcesEnd = false
    /// Whether the request lets the answer have a body: one to HEAD has none.
    var allowsBody = true

    /// How long the body is, if the whole of it is known by now.
    var contentLength: Int?
}

extension ResponseHead {
    func value(of name: HTTPField.Name) -> String? {
        for field in fields where field.name == name { return field.value }
        return nil
    }

    /// Replaces the fields of a name by one, in the place of the first, as Node does.
    mutating func set(_ name: HTTPField.Name, _ value: String) {
        guard let first = fields.firstIndex(where: { $0.name == name }) else {
            // Most answers have more than one field, and fewer than these.
            if fields.isEmpty { fields.reserveCapacity(6) }
            return fields.append((name, value))
        }
        fields[first] = (name, value)
        for index in fields.indices.reversed() where index > first && fields[index].name == name {
            fields.remove(at: index)
        }
    }

    mutating func remove(_ name: HTTPField.Name) {
        fields.removeAll { $0.name == name }
        if name == .date { sendsDate = false } else { removed.insert(name) }
    }

    /// Forgets what was said of these fields: their defaults hold again.
    mutating func forget(_ names: Set<HTTPField.Name>) {
        fields.removeAll { names.contains($0.name) }
        removed.subtract(names)
    }

    /// Forgets what was said of fields.
    mutating func removeAllFields() {
        fields.removeAll()
        removed.removeAll()
    }
}

/// What a head that was sent means for what follows.
struct ResponseFraming: Equatable {
    enum Body: Equatable {
        /// No body, whatever the handler writes.
        case none
        /// As it comes; a number if the head names the length.
        case plain(length: Int?)
        case chunked
    }

    var body: Body
    /// Whether the connection ends with this response.
    var isLast: Bool
}

/// Writes the heads of responses: Node's default fields, in Node's order, behind the handler's own.
///
/// `Date`, `Connection`, `Keep-Alive`, then `Content-Length` or `Transfer-Encoding`, as `_storeHeader` of Node's
/// `_http_outgoing.js` decides them.
struct ResponseHeadEncoder {
    /// `Connection` and `Keep-Alive` of a connection that stays open, which are the same for every response.
    private let keepAlive: [UInt8]

    init(_ limits: HTTPLimits) {
        let seconds = limits.keepAliveTimeout.components.seconds
        let requests = limits.maxRequestsPerSocket
        let maximum = requests > 0 ? ", max=\(requests)" : ""
        let announcement = limits.keepAliveTimeout > .zero ? "Keep-Alive: timeout=\(seconds)\(maximum)\r\n" : ""
        keepAlive = Array("Connection: keep-alive\r\n\(announcement)".utf8)
    }

    /// Appends the head of `response` to `output`.
    ///
    /// - Parameter date: The whole `Date` line.
    /// - Complexity: O(bytes written).
    func encode(_ response: ResponseHead, date: [UInt8], into output: inout [UInt8]) -> ResponseFraming {
        let own = OwnFields(response)
        let framing = decideFraming(response, own)
        appendStatusLine(response.status, to: &output)
        for (name, value) in response.fields where !own.framesItself || own.mayBeSent(name, value, framing) {
            output.append(contentsOf: name.rawName.utf8)
            output.append(contentsOf: Self.separator)
            output.append(contentsOf: value.utf8)
            output.append(contentsOf: Self.lineEnd)
        }
        if response.sendsDate, !own.hasDate { output.append(contentsOf: date) }
        if own.connection != nil || !response.removed.contains(.connection) {
            appendConnection(saysClose: framing.isLast || response.announcesEnd, own, to: &output)
        }
        appendLength(framing, own, to: &output)
        output.append(contentsOf: Self.lineEnd)
        return framing
    }

    private func decideFraming(_ response: ResponseHead, _ own: OwnFields) -> ResponseFraming {
        let code = response.status.code
        let isHTTP10 = response.minorVersion == 0
        // HTTP/1.0 keeps a connection only if it is told the length, and what is no final status is the last here.
        let isLast =
            own.connection == .close || !response.isPersistent || isHTTP10 && own.contentLength == nil || code < 200
        guard response.allowsBody, code >= 200, code != 204, code != 304 else {
            return ResponseFraming(body: .none, isLast: isLast)
        }
        if own.isChunked, !isHTTP10 { return ResponseFraming(body: .chunked, isLast: isLast) }
        if let length = own.contentLength { return ResponseFraming(body: .plain(length: length), isLast: isLast) }
        // HTTP/1.0 knows no chunks, and Node gives it no length either: its body ends with the connection.
        if isHTTP10 { return ResponseFraming(body: .plain(length: nil), isLast: true) }
        if let length = response.contentLength, !own.hasTrailer, !response.removed.contains(.contentLength) {
            return ResponseFraming(body: .plain(length: length), isLast: isLast)
        }
        if response.removed.contains(.transferEncoding) {
            return ResponseFraming(body: .plain(length: nil), isLast: true)
        }
        return ResponseFraming(body: .chunked, isLast: isLast)
    }

    private func appendStatusLine(_ status: HTTPResponse.Status, to output: inout [UInt8]) {
        if status == .ok, status.reasonPhrase.isSame(as: "OK") {
            output.append(contentsOf: Self.ok)
        } else {
            output.append(contentsOf: "HTTP/1.1 \(status.code) \(status.phrase)\r\n".utf8)
        }
    }

    private func appendConnection(saysClose: Bool, _ own: OwnFields, to output: inout [UInt8]) {
        switch own.connection {
        case .close: break
        case .other: if saysClose { output.append(contentsOf: Self.close) }
        case nil: output.append(contentsOf: saysClose ? Self.close : keepAlive)
        }
    }

    private func appendLength(_ framing: ResponseFraming, _ own: OwnFields, to output: inout [UInt8]) {
        switch framing.body {
        case .plain(let length?) where !own.sendsLength:
            output.append(contentsOf: Self.contentLength)
            output.append(contentsOf: String(length).utf8)
            output.append(contentsOf: Self.lineEnd)
        case .chunked where !own.isChunked:
            output.append(contentsOf: Self.chunked)
        case .plain, .chunked, .none:
            break
        }
    }

    private static let ok = Array("HTTP/1.1 200 OK\r\n".utf8)
    private static let close = Array("Connection: close\r\n".utf8)
    private static let contentLength = Array("Content-Length: ".utf8)
    private static let chunked = Array("Transfer-Encoding: chunked\r\n".utf8)
    private static let separator = Array(": ".utf8)
    private static let lineEnd = Array("\r\n".utf8)
}

/// What a handler has said by itself about framing and the connection.
///
/// A length is taken at its word only if it is one, and never beside chunks: what two readers of an answer could
/// understand differently is not sent.
private struct OwnFields {
    enum Connection {
        case close, other
    }

    private(set) var connection: Connection?
    private(set) var contentLength: Int?
    /// Whether the length is sent where the handler has put it; it may be there once.
    private(set) var sendsLength = false
    private var hasLength = false
    private(set) var isChunked = false
    private(set) var hasTrailer = false
    private(set) var hasDate = false

    /// Whether there is a field that may not be sent as it is.
    private(set) var framesItself = false

    init(_ response: ResponseHead) {
        for (name, value) in response.fields { note(name, value) }
        // RFC 9110 section 8.6: these have none.
        if response.status.code < 200 || response.status == .noContent { sendsLength = false }
    }

    private mutating func note(_ name: HTTPField.Name, _ value: String) {
        switch name {
        case .connection:
            noteConnection(value.utf8Span.span.bytes)
        case .contentLength:
            sendsLength = !hasLength && Self.length(value) != nil
            (framesItself, hasLength) = (true, true)
            if contentLength == nil { contentLength = Self.length(value) }
        case .transferEncoding:
            framesItself = true
            isChunked = value.utf8Span.span.bytes.lastElement(is: "chunked")
        case .trailer: hasTrailer = true
        case .date: hasDate = true
        default: break
        }
    }

    private mutating func noteConnection(_ value: RawSpan) {
        if value.hasElement("close") {
            connection = .close
        } else if value.hasElement("keep-alive") {
            // Whether the connection is kept is not the handler's to promise.
            framesItself = true
        } else if connection == nil {
            connection = .other
        }
    }

    private static func length(_ value: String) -> Int? {
        value.utf8.allSatisfy(HTTPGrammar.isDigit) ? Int(value) : nil
    }

    /// Whether a field of the handler's is sent.
    func mayBeSent(_ name: HTTPField.Name, _ value: String, _ framing: ResponseFraming) -> Bool {
        switch name {
        case .connection: !value.utf8Span.span.bytes.hasElement("keep-alive")
        case .contentLength: sendsLength && framing.body != .chunked
        case .transferEncoding: framing.body == .chunked
        default: true
        }
    }
}
