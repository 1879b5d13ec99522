import HTTPTypes
import UVCore

/// The head of a request, as it is sent: a pure value.
struct OutgoingHead {
    var method: HTTPRequest.Method
    var url: HTTPURL

    /// What the program has set. Of it `Content-Length` counts for a body in pieces alone, and `Transfer-Encoding` never:
    /// two readers must not see two lengths.
    var fields: HTTPFields

    /// The bytes, with the fields that frame `body`.
    ///
    /// - Complexity: O(bytes).
    func bytes(framing body: OutgoingBody) -> [UInt8] {
        var lines = FieldLines()
        if fields[Self.host] == nil { lines.append("Host", url.authority) }
        for field in unframed { lines.append(field.name.rawName, field.value) }
        if fields[.connection] == nil { lines.append("Connection", "keep-alive") }
        switch body {
        case .whole(let bytes) where !bytes.isEmpty || announcesNoBody: lines.append("Content-Length", "\(bytes.count)")
        case .pieces(let left?): lines.append("Content-Length", "\(left)")
        case .pieces(nil): lines.append("Transfer-Encoding", "chunked")
        case .open, .whole: break
        }
        return Array("\(method.rawValue) \(url.target) HTTP/1.1\r\n".utf8) + lines.bytes + Array("\r\n".utf8)
    }

    static let host: HTTPField.Name = .named("Host")

    /// The method, if it is one of those that the library knows.
    var known: RequestMethod? { RequestMethod(method) }

    /// The program's fields but for those that frame.
    private var unframed: HTTPFields {
        var fields = fields
        for name in [HTTPField.Name.contentLength, .transferEncoding] where fields[name] != nil { fields[name] = nil }
        return fields
    }

    /// Whether a request without content says so: where the method gives content a meaning. RFC 9110 section 8.6.
    private var announcesNoBody: Bool {
        switch known {
        case .get, .head, .delete, .options, .trace: false
        default: true
        }
    }

    /// Whether the server may close the connection and still be asked again: RFC 9110 section 9.2.2.
    var isIdempotent: Bool {
        switch known {
        case .get, .head, .options, .trace, .put, .delete: true
        default: false
        }
    }

    /// Whether the connection may carry another request behind this one.
    var keepsConnection: Bool { !has("close", in: .connection) }

    var expectsContinue: Bool { has("100-continue", in: .expect) }

    /// What the program has announced of the body's length.
    var announcedLength: Int? { fields[.contentLength].flatMap { UInt($0).flatMap { Int(exactly: $0) } } }

    private func has(_ element: StaticString, in name: HTTPField.Name) -> Bool {
        fields[name].map { $0.utf8Span.span.bytes.hasElement(element) } ?? false
    }
}

extension FieldLines {
    fileprivate mutating func append(_ name: String, _ value: String) {
        append(name.utf8.span.bytes, value.utf8.span.bytes)
    }
}
