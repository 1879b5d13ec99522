import HTTPTypes

extension ResponseHead {
    /// How the body is framed, and whether the connection ends with it, as `_storeHeader` of Node's `_http_outgoing.js`
    /// decides it.
    ///
    /// - Parameter own: What the program has said of it by fields.
    @inline(__always)
    func framing(_ own: OwnFields) -> ResponseFraming {
        let code = code
        let isHTTP10 = minorVersion == 0
        // HTTP/1.0 keeps a connection only if it is told the length, and what is no final status is the last here.
        let isLast = own.connection == .close || !isPersistent || isHTTP10 && own.contentLength == nil || code < 200
        guard allowsBody, code >= 200, code != 204, code != 304 else {
            return ResponseFraming(body: .none, isLast: isLast)
        }
        if own.isChunked, !isHTTP10 { return ResponseFraming(body: .chunked, isLast: isLast) }
        if let length = own.contentLength { return ResponseFraming(body: .plain(length: length), isLast: isLast) }
        // HTTP/1.0 knows no chunks, and Node gives it no length either: its body ends with the connection.
        if isHTTP10 { return ResponseFraming(body: .plain(length: nil), isLast: true) }
        if let length = contentLength, !own.hasTrailer, !removed.contains(.contentLength) {
            return ResponseFraming(body: .plain(length: length), isLast: isLast)
        }
        if removed.contains(.transferEncoding) {
            return ResponseFraming(body: .plain(length: nil), isLast: true)
        }
        return ResponseFraming(body: .chunked, isLast: isLast)
    }

    /// Whether one of its fields may be about framing, the connection or the date.
    @inline(__always)
    var mayFrameItself: Bool { fields.names.mayContain(anyOf: FramingField.names) }
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

    /// Whether the head names the length.
    @inline(__always)
    var hasLength: Bool { if case .plain(_?) = body { true } else { false } }
}
