/// Takes the content of one message out of the bytes that follow its head, whatever its framing.
///
/// ```swift
/// var body = try BodyDecoder(parser.head.framing, limits: limits)
/// loop: while true {
///     switch try body.step(bytes, from: offset) {
///     case .needMoreBytes: break loop                      // step again with new bytes only
///     case .data(let range): offset = range.upperBound     // content, to be used before the bytes go
///     case .end(let end): offset = end; break loop         // from here on it is the next message
///     }
/// }
/// ```
package struct BodyDecoder: Sendable {
    package enum Step: Equatable, Sendable {
        /// All bytes are consumed, and the body goes on.
        case needMoreBytes

        /// Content; step again from its end, even if that is the end of the bytes.
        case data(Range<Int>)

        /// The body is complete, and what comes from `at` on is not part of it.
        case end(at: Int)
    }

    private let framing: BodyFraming

    /// What may still come: the rest of the announced length, or of what the limit allows.
    private var remaining: Int

    /// One where the content is chunked, and otherwise none. It is large, and most bodies are not chunked.
    private var chunks: [ChunkedDecoder]
    private var refusal: HTTPParseError?

    /// A decoder at the beginning of a body.
    /// - Throws: ``HTTPParseError/bodyTooLarge`` if the announced length is over the limit, before a byte of it is
    ///   read.
    package init(_ framing: BodyFraming, limits: HTTPLimits) throws(HTTPParseError) {
        self.framing = framing
        chunks = framing == .chunked ? [ChunkedDecoder(limits: limits)] : []
        remaining = limits.body
        guard limits.admits(framing) else { throw .bodyTooLarge }
        if case .length(let length) = framing { remaining = length }
    }

    /// The fields that came behind the last chunk.
    package var trailers: [Trailer] { chunks.first?.trailers ?? [] }

    /// Goes on with `bytes`, which follow the ones consumed so far. What was refused stays refused.
    package mutating func step(_ bytes: RawSpan, from offset: Int) throws(HTTPParseError) -> Step {
        if let refusal { throw refusal }
        do throws(HTTPParseError) {
            return try decode(bytes, from: offset)
        } catch {
            refusal = error
            throw error
        }
    }

    /// The peer will send nothing more.
    /// - Throws: ``HTTPParseError/unexpectedEnd`` if the body is not complete. For a body that ends with its connection
    ///   this is the end.
    package func finish() throws(HTTPParseError) {
        let isComplete =
            switch framing {
            case .none, .untilClose: true
            case .length: remaining == 0
            case .chunked: chunks[0].isComplete
            }
        guard isComplete else { throw .unexpectedEnd }
    }

    @inline(__always)
    private mutating func decode(_ bytes: RawSpan, from offset: Int) throws(HTTPParseError) -> Step {
        switch framing {
        case .none:
            return .end(at: offset)
        case .chunked:
            return try chunks[0].step(bytes, from: offset)
        case .length:
            return remaining == 0 ? .end(at: offset) : take(bytes, from: offset)
        case .untilClose:
            guard remaining > 0 || offset >= bytes.byteCount else { throw .bodyTooLarge }
            return take(bytes, from: offset)
        }
    }

    private mutating func take(_ bytes: RawSpan, from offset: Int) -> Step {
        guard offset < bytes.byteCount else { return .needMoreBytes }
        let count = min(bytes.byteCount &- offset, remaining)
        remaining &-= count
        return .data(offset..<offset &+ count)
    }
}
