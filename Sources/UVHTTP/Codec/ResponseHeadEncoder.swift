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
    mutating func encode(_ response: borrowing ResponseHead, at now: Int64) -> ResponseFraming {
        output.removeAll(keepingCapacity: true)
        if now >= validUntil { beginSecond(now) }
        let own = OwnFields(response)
        let framing = response.framing(own)
        if case .plain(let length?) = framing.body, response.isUsual(own, framing) {
            appendUsual(StatusLine.of(response.status), response.fields.bytes, length)
        } else {
            appendOwnWay(response, own, framing)
        }
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

    /// What most heads are: pieces that lie ready, and a number. Room is made for all of them at once.
    private mutating func appendUsual(_ line: [UInt8], _ fields: [UInt8], _ length: Int) {
        let defaults = defaults
        output.append(addingCapacity: line.count + fields.count + defaults.count + 24) { output in
            output.append(copying: line.span.bytes)
            output.append(copying: fields.span.bytes)
            output.append(copying: defaults.span.bytes)
            output.append(decimal: length)
            output.append("\r\n\r\n")
        }
    }
}

// MARK: - Heads of which the program has said more

extension ResponseHeadEncoder {
    private mutating func appendOwnWay(_ response: borrowing ResponseHead, _ own: OwnFields, _ framing: ResponseFraming)
    {
        output.append(contentsOf: StatusLine.of(response.status))
        if own.framesItself {
            appendFields(response, own, framing)
        } else {
            output.append(contentsOf: response.fields.bytes)
        }
        if response.sendsDate, !own.hasDate { output.append(contentsOf: date) }
        if own.connection != nil || !response.removed.contains(.connection) {
            appendConnection(saysClose: framing.isLast || response.announcesEnd, own)
        }
        appendLength(framing, own)
        output.append(contentsOf: Self.lineEnd)
    }

    /// Appends those of the handler's fields that may be sent.
    private mutating func appendFields(_ response: borrowing ResponseHead, _ own: OwnFields, _ framing: ResponseFraming)
    {
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
            output.append(addingCapacity: 20) { $0.append(decimal: length) }
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
