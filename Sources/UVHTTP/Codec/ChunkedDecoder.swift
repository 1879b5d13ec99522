import UVCore

/// Decodes chunked content, RFC 9112 section 7.1.
///
/// ```
/// 4;name=value CR LF      size ─ extensions ─ sizeLineFeed
/// Wiki CR LF              data ─ dataReturn ─ dataLineFeed
/// 0 CR LF                 size ─ sizeLineFeed
/// Expires: never CR LF    trailerStart ─ trailers
/// CR LF                   trailerStart ─ lastLineFeed ─ done
/// ```
///
/// Data is passed on as ranges; the few bytes around it go through a machine that takes one byte at a time, so it makes
/// no difference where they were cut. It holds no bytes but those of a trailer section.
package struct ChunkedDecoder: Sendable {
    package typealias Step = BodyDecoder.Step

    private enum State {
        case size, extensions, sizeLineFeed
        case data, dataReturn, dataLineFeed
        case trailerStart, trailers, lastLineFeed, done
    }

    /// The fields that came behind the last chunk; complete at `.end`.
    ///
    /// Those that may not come there are dropped, RFC 9110 section 6.5.1.
    package private(set) var trailers: [Trailer] = []

    private var state = State.size
    private var digits = 0

    /// While a size is read, the size so far; then what is left of the chunk.
    private var remaining = 0

    /// Content that may still come.
    private var allowance: Int

    private var extensions: ChunkExtensionParser
    private var section: TrailerSection

    package init(limits: HTTPLimits) {
        allowance = limits.body
        extensions = ChunkExtensionParser(limit: limits.chunkExtensions)
        section = TrailerSection(limits: limits)
    }

    package var isComplete: Bool { state == .done }

    /// Goes on with `bytes`, which follow the ones consumed so far.
    package mutating func step(_ bytes: RawSpan, from offset: Int) throws(HTTPParseError) -> Step {
        var offset = offset
        while state != .done {
            guard offset < bytes.byteCount else { return .needMoreBytes }
            switch state {
            case .data:
                return takeData(bytes, from: offset)
            case .trailers:
                offset = try takeTrailers(bytes, from: offset)
            default:
                offset &+= try take(bytes.byte(at: offset)) ? 1 : 0
            }
        }
        return .end(at: offset)
    }

    private mutating func takeData(_ bytes: RawSpan, from offset: Int) -> Step {
        let count = min(bytes.byteCount &- offset, remaining)
        remaining &-= count
        if remaining == 0 { state = .dataReturn }
        return .data(offset..<offset &+ count)
    }

    private mutating func takeTrailers(_ bytes: RawSpan, from offset: Int) throws(HTTPParseError) -> Int {
        guard let end = try section.step(bytes, from: offset) else { return bytes.byteCount }
        trailers = section.trailers()
        state = .done
        return end
    }

    /// Takes one byte of the framing; false if it is the first one of something else.
    private mutating func take(_ byte: UInt8) throws(HTTPParseError) -> Bool {
        switch state {
        case .size:
            try takeSize(byte)
        case .extensions:
            if try extensions.takeEnd(byte) { state = .sizeLineFeed }
        case .sizeLineFeed:
            guard byte == HTTPGrammar.lineFeed else { throw .missingLineFeed }
            state = remaining > 0 ? .data : .trailerStart
        case .dataReturn:
            guard byte == HTTPGrammar.carriageReturn else { throw .missingChunkEnd }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == HTTPGrammar.lineFeed else { throw .missingChunkEnd }
            state = .size
        case .trailerStart:
            guard byte == HTTPGrammar.carriageReturn else {
                state = .trailers
                return false
            }
            state = .lastLineFeed
        case .lastLineFeed:
            guard byte == HTTPGrammar.lineFeed else { throw .missingLineFeed }
            state = .done
        case .data, .trailers, .done:
            return false
        }
        return true
    }
}

// MARK: - The size

extension ChunkedDecoder {
    private mutating func takeSize(_ byte: UInt8) throws(HTTPParseError) {
        guard let digit = Self.value(ofDigit: byte) else { return try endSize(byte) }
        // Fifteen digits cannot overflow; more than that is no size, whatever the zeros before it.
        digits &+= 1
        guard digits <= 15 else { throw .invalidChunkSize }
        remaining = remaining &<< 4 | digit
    }

    private mutating func endSize(_ byte: UInt8) throws(HTTPParseError) {
        guard digits > 0 else { throw .invalidChunkSize }
        guard byte != HTTPGrammar.lineFeed else { throw .bareLineFeed }
        guard byte == HTTPGrammar.carriageReturn || byte == UInt8(ascii: ";") else { throw .invalidChunkSize }
        guard remaining <= allowance else { throw .bodyTooLarge }
        allowance &-= remaining
        digits = 0
        state = try extensions.takeEnd(byte) ? .sizeLineFeed : .extensions
    }

    static func value(ofDigit byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte &- UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte &- UInt8(ascii: "a")) &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte &- UInt8(ascii: "A")) &+ 10
        default: nil
        }
    }
}
