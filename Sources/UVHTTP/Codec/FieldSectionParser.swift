import UVCore

/// Parses field lines up to and including the blank line: the rest of a head, or a trailer section.
///
/// RFC 9112 section 5, without what it lets a server forgive: a line ends in CR LF, a name goes up to its colon, a
/// value stays on its line. Each byte is refused as soon as it is seen, and looked at twice at most, however lines arrive.
///
/// ```
///   ┌────────────────────────── .field ──────────────────────────┐
///   ▼                                                            │
///   lineStart ── name ──:── whitespace ── value ──CR── lineFeed ─LF
///       └─CR── finalLineFeed ──LF── done
/// ```
struct FieldSectionParser: Sendable {
    enum Step {
        case needMoreBytes
        case field(MessageHead.Field)

        /// The section is complete; ``cursor`` is behind its blank line.
        case end
    }

    private enum State {
        case lineStart, name, whitespace, value, lineFeed, finalLineFeed, done
    }

    /// The offset of the first byte that was not looked at.
    private(set) var cursor: Int

    private var state = State.lineStart
    private var nameStart = 0
    private var nameEnd = 0
    private var valueStart = 0
    private var valueEnd = 0
    private var remainingFields: Int
    private var isFirstLine = true

    /// A parser of a section that begins at `offset` and has at most so many fields.
    init(at offset: Int = 0, maximumFields: Int) {
        cursor = offset
        remainingFields = maximumFields
    }

    /// A parser that has come to the end of its section.
    init(endingAt offset: Int) {
        self.init(at: offset, maximumFields: 0)
        state = .done
    }

    /// Whether the section is complete.
    var isAtEnd: Bool { state == .done }

    /// Goes on where the last step stopped. `bytes` holds what it held then, and perhaps more.
    mutating func step(_ bytes: RawSpan) throws(HTTPParseError) -> Step {
        switch state {
        case .lineStart:
            guard cursor < bytes.byteCount else { return .needMoreBytes }
            guard bytes.byte(at: cursor) != HTTPGrammar.carriageReturn else {
                cursor &+= 1
                state = .finalLineFeed
                return try finish(bytes)
            }
            try beginLine(bytes.byte(at: cursor))
            fallthrough
        case .name:
            cursor = bytes.endOfToken(from: cursor)
            guard cursor < bytes.byteCount else { return .needMoreBytes }
            try endName(bytes.byte(at: cursor))
            fallthrough
        case .whitespace:
            while cursor < bytes.byteCount, HTTPGrammar.isWhitespace(bytes.byte(at: cursor)) { cursor &+= 1 }
            guard cursor < bytes.byteCount else { return .needMoreBytes }
            valueStart = cursor
            state = .value
            fallthrough
        case .value:
            cursor = bytes.endOfText(from: cursor)
            guard cursor < bytes.byteCount else { return .needMoreBytes }
            try endValue(bytes.byte(at: cursor))
            fallthrough
        case .lineFeed:
            guard cursor < bytes.byteCount else { return .needMoreBytes }
            guard bytes.byte(at: cursor) == HTTPGrammar.lineFeed else { throw .bareCarriageReturn }
            cursor &+= 1
            state = .lineStart
            return .field(field(bytes))
        case .finalLineFeed, .done:
            return try finish(bytes)
        }
    }

    /// Reads a line that lies in the bytes whole, as most do, without a stop at each part. Of any other nothing is read:
    /// an incomplete line, one that is refused, and the blank one, are for ``step(_:)``.
    @inline(__always)
    mutating func readWholeLine(_ bytes: RawSpan) -> MessageHead.Field? {
        guard state == .lineStart, remainingFields > 0 else { return nil }
        let colon = bytes.first(UInt8(ascii: ":"), in: cursor..<bytes.byteCount)
        let name = Range(uncheckedBounds: (cursor, colon))
        let known = KnownField(bytes, name)
        // A known name is made of letters and `-`; any other has to be looked at.
        guard known != nil || colon > cursor && bytes.endOfToken(from: cursor) == colon else { return nil }
        var start = colon &+ 1
        while start < bytes.byteCount, HTTPGrammar.isWhitespace(bytes.byte(at: start)) { start &+= 1 }
        var end = bytes.endOfText(from: start)
        guard end &+ 2 <= bytes.byteCount, bytes.isLineEnd(at: end) else { return nil }
        cursor = end &+ 2
        remainingFields &-= 1
        isFirstLine = false
        while end > start, HTTPGrammar.isWhitespace(bytes.byte(at: end &- 1)) { end &-= 1 }
        return MessageHead.Field(name: name, value: Range(uncheckedBounds: (start, end)), known: known)
    }

    @inline(__always)
    private mutating func beginLine(_ byte: UInt8) throws(HTTPParseError) {
        guard remainingFields > 0 else { throw .tooManyFields }
        if HTTPGrammar.isWhitespace(byte) { throw isFirstLine ? .spaceAfterStartLine : .lineFolding }
        remainingFields &-= 1
        isFirstLine = false
        nameStart = cursor
        state = .name
    }

    @inline(__always)
    private mutating func endName(_ byte: UInt8) throws(HTTPParseError) {
        guard byte == UInt8(ascii: ":"), cursor > nameStart else { throw Self.refusal(inName: byte) }
        nameEnd = cursor
        cursor &+= 1
        state = .whitespace
    }

    @inline(__always)
    private mutating func endValue(_ byte: UInt8) throws(HTTPParseError) {
        guard byte == HTTPGrammar.carriageReturn else {
            throw byte == HTTPGrammar.lineFeed ? .bareLineFeed : .invalidFieldValue
        }
        valueEnd = cursor
        cursor &+= 1
        state = .lineFeed
    }

    @inline(__always)
    private func field(_ bytes: RawSpan) -> MessageHead.Field {
        var end = valueEnd
        while end > valueStart, HTTPGrammar.isWhitespace(bytes.byte(at: end &- 1)) { end &-= 1 }
        let name = Range(uncheckedBounds: (nameStart, nameEnd))
        return MessageHead.Field(
            name: name, value: Range(uncheckedBounds: (valueStart, end)), known: KnownField(bytes, name))
    }

    private mutating func finish(_ bytes: RawSpan) throws(HTTPParseError) -> Step {
        guard state == .finalLineFeed else { return .end }
        guard cursor < bytes.byteCount else { return .needMoreBytes }
        guard bytes.byte(at: cursor) == HTTPGrammar.lineFeed else { throw .missingLineFeed }
        cursor &+= 1
        state = .done
        return .end
    }

    private static func refusal(inName byte: UInt8) -> HTTPParseError {
        switch byte {
        case HTTPGrammar.space, HTTPGrammar.horizontalTab: .spaceBeforeColon
        case HTTPGrammar.carriageReturn: .missingColon
        default: .invalidFieldName
        }
    }
}
