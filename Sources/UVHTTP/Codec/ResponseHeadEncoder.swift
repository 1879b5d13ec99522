import HTTPTypes
import UVCore

/// Writes the heads of responses: Node's default fields, in Node's order, behind the handler's own.
///
/// `Date`, `Connection`, `Keep-Alive`, then `Content-Length` or `Transfer-Encoding`, as `_storeHeader` of Node's
/// `_http_outgoing.js` decides them.
struct ResponseHeadEncoder {
    /// `Connection` and `Keep-Alive` of a connection that stays open, which are the same for every response.
    private let keepAlive: [UInt8]

    /// The `Date` line of this second.
    private var date: [UInt8] = []

    /// What most heads have between their own fields and the number of bytes: all of the above, and `Content-Length:`.
    private var defaults: [UInt8] = []

    private var validUntil = Int64.min

    /// The head that was encoded last, with what was appended to it.
    private(set) var output: [UInt8] = []

    init(_ limits: HTTPLimits) {
        let seconds = limits.keepAliveTimeout.components.seconds
        let requests = limits.maxRequestsPerSocket
        let maximum = requests > 0 ? ", max=\(requests)" : ""
        let announcement = limits.keepAliveTimeout > .zero ? "Keep-Alive: timeout=\(seconds)\(maximum)\r\n" : ""
        keepAlive = Array("Connection: keep-alive\r\n\(announcement)".utf8)
    }

    /// Makes ``output`` the head of `response`.
    ///
    /// - Parameter now: The loop's time, which costs nothing to ask for: `Date` is made anew when a second has passed.
    /// - Complexity: O(bytes written).
    mutating func encode(_ response: ResponseHead, at now: Int64) -> ResponseFraming {
        output.removeAll(keepingCapacity: true)
        if now >= validUntil { beginSecond(now) }
        let own = OwnFields(response)
        let framing = decideFraming(response, own)
        StatusLine.append(response.status, to: &output)
        if own.framesItself {
            appendFields(response, own, framing)
        } else {
            output.append(contentsOf: response.fields.bytes)
        }
        if case .plain(let length?) = framing.body, hasDefaults(response, own, framing) {
            output.append(contentsOf: defaults)
            output.append(decimal: length)
            output.append(contentsOf: Self.lineEnd)
        } else {
            appendOwnWay(response, own, framing)
        }
        output.append(contentsOf: Self.lineEnd)
        return framing
    }

    /// Adds the beginning of the body to ``output``.
    mutating func append(_ body: RawSpan) { output.append(copying: body) }

    private mutating func beginSecond(_ now: Int64) {
        let time = SystemTime.milliseconds()
        validUntil = now + 1_000 - time % 1_000
        date = Array("Date: ".utf8)
        HTTPDate(secondsSince1970: Int(time / 1_000)).append(to: &date)
        date += Self.lineEnd
        defaults = date + keepAlive + Self.contentLength
    }
}

// MARK: - Fields

extension ResponseHeadEncoder {
    /// Whether the head says of the date, the connection and the length what most do.
    private func hasDefaults(_ response: ResponseHead, _ own: OwnFields, _ framing: ResponseFraming) -> Bool {
        response.sendsDate && !own.hasDate && own.connection == nil && !own.sendsLength && response.removed.isEmpty
            && !framing.isLast && !response.announcesEnd
    }

    private mutating func appendOwnWay(_ response: ResponseHead, _ own: OwnFields, _ framing: ResponseFraming) {
        if response.sendsDate, !own.hasDate { output.append(contentsOf: date) }
        if own.connection != nil || !response.removed.contains(.connection) {
            appendConnection(saysClose: framing.isLast || response.announcesEnd, own)
        }
        appendLength(framing, own)
    }

    /// Appends those of the handler's fields that may be sent.
    private mutating func appendFields(_ response: ResponseHead, _ own: OwnFields, _ framing: ResponseFraming) {
        let bytes = response.fields.bytes.span.bytes
        var start = 0
        while let line = response.fields.line(at: start) {
            if own.mayBeSent(bytes.extracting(line.name), bytes.extracting(line.value), framing) {
                output.append(copying: bytes.extracting(line.range))
            }
            start = line.range.upperBound
        }
    }

    private mutating func appendConnection(saysClose: Bool, _ own: OwnFields) {
        switch own.connection {
        case .close: break
        case .other: if saysClose { output.append(contentsOf: Self.close) }
        case nil: output.append(contentsOf: saysClose ? Self.close : keepAlive)
        }
    }

    private mutating func appendLength(_ framing: ResponseFraming, _ own: OwnFields) {
        switch framing.body {
        case .plain(let length?) where !own.sendsLength:
            output.append(contentsOf: Self.contentLength)
            output.append(decimal: length)
            output.append(contentsOf: Self.lineEnd)
        case .chunked where !own.isChunked:
            output.append(contentsOf: Self.chunked)
        case .plain, .chunked, .none:
            break
        }
    }

    private static let close = Array("Connection: close\r\n".utf8)
    private static let contentLength = Array("Content-Length: ".utf8)
    private static let chunked = Array("Transfer-Encoding: chunked\r\n".utf8)
    private static let lineEnd = Array("\r\n".utf8)
}

// MARK: - Framing

extension ResponseHeadEncoder {
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
}

extension [UInt8] {
    /// Appends the digits of a number that is not negative.
    mutating func append(decimal number: Int) {
        var (divisor, rest) = (1, number)
        while rest / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }
}
