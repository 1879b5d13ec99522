import HTTPTypes
import UVCore

/// Writes the heads of responses: Node's default fields, in Node's order, behind the handler's own.
///
/// `Date`, `Connection`, `Keep-Alive`, then `Content-Length` or `Transfer-Encoding`, as `_storeHeader` of Node's
/// `_http_outgoing.js` decides them.
///
/// A head is written where the socket collects its output, so it is planned first: then its room is known, and its
/// framing, which decides what goes out with it.
///
/// Not copyable, so that a server's is read where it is.
struct ResponseHeadEncoder: ~Copyable {
    /// What a head will be.
    struct Plan {
        let framing: ResponseFraming
        /// How many bytes it takes at most.
        let room: Int
        /// Whether the head says of date, connection and length what most do.
        fileprivate let isUsual: Bool
    }

    /// `Connection` and `Keep-Alive` of a connection that stays open, which are the same for every response.
    private let keepAlive: [UInt8]

    /// The `Date` line of this second.
    private var date: [UInt8] = []

    /// What most heads have between their own fields and the number of bytes: all of the above, and `Content-Length:`.
    private var defaults: [UInt8] = []

    private var validUntil = Int64.min

    init(_ limits: HTTPLimits) {
        let seconds = limits.keepAliveTimeout.components.seconds
        let requests = limits.maxRequestsPerSocket
        let maximum = requests > 0 ? ", max=\(requests)" : ""
        let announcement = limits.keepAliveTimeout > .zero ? "Keep-Alive: timeout=\(seconds)\(maximum)\r\n" : ""
        keepAlive = Array("Connection: keep-alive\r\n\(announcement)".utf8)
    }

    /// Plans the head of `response`.
    ///
    /// - Parameter now: The loop's time, which costs nothing to ask for: `Date` is made anew when a second has passed.
    /// - Complexity: O(1), or O(bytes of its fields) where one of them is about framing or the connection.
    @inline(__always)
    mutating func plan(_ response: borrowing ResponseHead, at now: Int64) -> Plan {
        if now >= validUntil { beginSecond(now) }
        // In place of the length stand a shorter line, or none.
        let room =
            response.statusLineLength + response.fields.count + defaults.count + Self.longestLength
        guard response.mayFrameItself else {
            let framing = response.framing(OwnFields())
            let isUsual = framing.hasLength && !framing.isLast && response.removed.isEmpty && !response.announcesEnd
            return Plan(framing: framing, room: room, isUsual: isUsual)
        }
        return Plan(framing: response.framing(OwnFields(response)), room: room, isUsual: false)
    }

    /// Writes the head of `response`, which is as it was when it was planned.
    ///
    /// - Complexity: O(bytes written).
    @inline(__always)
    func write(_ plan: Plan, of response: borrowing ResponseHead, to output: inout OutputSpan<UInt8>) {
        response.writeStatusLine(to: &output)
        guard plan.isUsual else { return writeUnusual(plan.framing, response, &output) }
        // What most heads are: pieces that lie ready, and a number.
        if !response.fields.isEmpty { response.fields.withBytes { output.append(copying: $0) } }
        output.append(copying: defaults.span.bytes)
        if case .plain(let length?) = plan.framing.body { output.append(decimal: length) }
        output.append("\r\n\r\n")
    }

    private mutating func beginSecond(_ now: Int64) {
        let time = SystemTime.milliseconds()
        validUntil = now + 1_000 - time % 1_000
        date = Array("Date: ".utf8)
        HTTPDate(secondsSince1970: Int(time / 1_000)).append(to: &date)
        date += "\r\n".utf8
        defaults = date + keepAlive + "Content-Length: ".utf8
    }

    /// The digits of a length, and the two line ends behind them.
    private static let longestLength = 24
}

// MARK: - Heads of which the program has said more

extension ResponseHeadEncoder {
    private func writeUnusual(
        _ framing: ResponseFraming, _ response: borrowing ResponseHead, _ output: inout OutputSpan<UInt8>
    ) {
        let own = OwnFields(response)
        if own.framesItself {
            writeFields(response, own, framing, &output)
        } else {
            response.fields.withBytes { output.append(copying: $0) }
        }
        if response.sendsDate, !own.hasDate { output.append(copying: date.span.bytes) }
        if own.connection != nil || !response.removed.contains(.connection) {
            writeConnection(saysClose: framing.isLast || response.announcesEnd, own, &output)
        }
        writeLength(framing, own, &output)
        output.append("\r\n")
    }

    /// Writes those of the handler's fields that may be sent.
    private func writeFields(
        _ response: borrowing ResponseHead, _ own: OwnFields, _ framing: ResponseFraming,
        _ output: inout OutputSpan<UInt8>
    ) {
        var start = 0
        while let line = response.fields.line(at: start) {
            response.fields.withBytes { bytes in
                guard own.mayBeSent(bytes.extracting(line.name), bytes.extracting(line.value), framing) else { return }
                output.append(copying: bytes.extracting(line.range))
            }
            start = line.range.upperBound
        }
    }

    private func writeConnection(saysClose: Bool, _ own: OwnFields, _ output: inout OutputSpan<UInt8>) {
        switch own.connection {
        case .close: break
        case .other: if saysClose { output.append("Connection: close\r\n") }
        case nil where saysClose: output.append("Connection: close\r\n")
        case nil: output.append(copying: keepAlive.span.bytes)
        }
    }

    private func writeLength(_ framing: ResponseFraming, _ own: OwnFields, _ output: inout OutputSpan<UInt8>) {
        switch framing.body {
        case .plain(let length?) where !own.sendsLength:
            output.append("Content-Length: ")
            output.append(decimal: length)
            output.append("\r\n")
        case .chunked where !own.isChunked:
            output.append("Transfer-Encoding: chunked\r\n")
        case .plain, .chunked, .none:
            break
        }
    }
}
