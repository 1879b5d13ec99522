import HTTPTypes

/// What a response says before its body.
struct ResponseHead {
    var status: HTTPResponse.Status = .ok
    var fields: [(name: HTTPField.Name, value: String)] = []
    var sendsDate = true

    // What the request allows.
    var minorVersion = 1
    var isPersistent = true
    /// Whether the request lets the answer have a body: one to HEAD has none.
    var allowsBody = true

    /// How long the body is, if the whole of it is known by now.
    var contentLength: Int?
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
        let announcement = limits.keepAliveTimeout > .zero ? "Keep-Alive: timeout=\(seconds)\r\n" : ""
        keepAlive = Array("Connection: keep-alive\r\n\(announcement)".utf8)
    }

    /// Appends the head of `response` to `output`.
    ///
    /// - Parameter date: The whole `Date` line.
    /// - Complexity: O(bytes written).
    func encode(_ response: ResponseHead, date: [UInt8], into output: inout [UInt8]) -> ResponseFraming {
        appendStatusLine(response.status, to: &output)
        var own = OwnFields()
        for (name, value) in response.fields {
            own.note(name, value)
            output.append(contentsOf: name.rawName.utf8)
            output.append(contentsOf: Self.separator)
            output.append(contentsOf: value.utf8)
            output.append(contentsOf: Self.lineEnd)
        }
        if response.sendsDate, !own.hasDate { output.append(contentsOf: date) }
        let framing = decideFraming(response, own)
        appendConnection(framing, own, to: &output)
        appendLength(framing, own, to: &output)
        output.append(contentsOf: Self.lineEnd)
        return framing
    }

    private func decideFraming(_ response: ResponseHead, _ own: OwnFields) -> ResponseFraming {
        let code = response.status.code
        let isLast = own.connection == .close || (own.connection != .keepAlive && !response.isPersistent)
        guard response.allowsBody, code != 204, code != 304 else { return ResponseFraming(body: .none, isLast: isLast) }
        if own.isChunked { return ResponseFraming(body: .chunked, isLast: isLast) }
        if let length = own.contentLength { return ResponseFraming(body: .plain(length: length), isLast: isLast) }
        // HTTP/1.0 knows no chunks, and Node gives it no length either: its body ends with the connection.
        guard response.minorVersion > 0 else { return ResponseFraming(body: .plain(length: nil), isLast: true) }
        if let length = response.contentLength, !own.hasTrailer {
            return ResponseFraming(body: .plain(length: length), isLast: isLast)
        }
        return ResponseFraming(body: .chunked, isLast: isLast)
    }

    private func appendStatusLine(_ status: HTTPResponse.Status, to output: inout [UInt8]) {
        if status == .ok, status.reasonPhrase == HTTPResponse.Status.ok.reasonPhrase {
            output.append(contentsOf: Self.ok)
        } else {
            output.append(contentsOf: "HTTP/1.1 \(status.code) \(status.phrase)\r\n".utf8)
        }
    }

    private func appendConnection(_ framing: ResponseFraming, _ own: OwnFields, to output: inout [UInt8]) {
        guard own.connection == nil else { return }
        output.append(contentsOf: framing.isLast ? Self.close : keepAlive)
    }

    private func appendLength(_ framing: ResponseFraming, _ own: OwnFields, to output: inout [UInt8]) {
        switch framing.body {
        case .plain(let length?) where own.contentLength == nil:
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

/// Which of the fields that matter for framing a handler has set by itself.
private struct OwnFields {
    enum Connection {
        case close, keepAlive, other
    }

    var connection: Connection?
    var contentLength: Int?
    var isChunked = false
    var hasTrailer = false
    var hasDate = false

    mutating func note(_ name: HTTPField.Name, _ value: String) {
        switch name {
        case .connection:
            let value = value.lowercased()
            connection = value.contains("close") ? .close : value.contains("keep-alive") ? .keepAlive : .other
        case .contentLength: contentLength = Int(value)
        case .transferEncoding: isChunked = value.lowercased().hasSuffix("chunked")
        case .trailer: hasTrailer = true
        case .date: hasDate = true
        default: break
        }
    }
}
