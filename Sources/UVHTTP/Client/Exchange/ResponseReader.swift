import UVCore

/// Reads the answers that come on one connection, one after another: a pure value, bytes in, what they are out.
///
/// ```
/// begin(answering:) ─► interim … interim ─► head ─► data … data ─► end
///                                  └─► switched: what follows is another protocol
/// ```
///
/// ```swift
/// reader.begin(answering: .get)
/// switch try reader.step(bytes, from: offset) { … }     // and again from the offset that the step ends at
/// ```
///
/// It keeps the bytes of a head that is not complete, at most ``HTTPLimits/head`` of them; content stays where it lies.
package struct ResponseReader: Sendable {
    package enum Step: Equatable, Sendable {
        /// All bytes are consumed, and the answer goes on.
        case needMoreBytes

        /// ``head`` is one that comes before the answer, such as `103 Early Hints`. RFC 9110 section 15.2.
        case interim(end: Int)

        /// ``head`` is that of the answer.
        case head(end: Int)

        /// ``head`` is `101 Switching Protocols`, and nothing of HTTP follows it.
        case switched(end: Int)

        /// Content; step again from its end, even if that is the end of the bytes.
        case data(Range<Int>)

        /// The answer is complete, and what comes from `at` on is not part of it.
        case end(at: Int)
    }

    /// The most heads that may come before one answer, and the bytes of all of them together.
    package static let mostInterimHeads = 16
    package static let mostInterimBytes = 64 << 10

    /// The head that was read last.
    package private(set) var head = ReceivedHead()

    private let limits: HTTPLimits
    private var method = RequestMethod.get
    private var parser: MessageHeadParser
    /// The beginning of a head.
    private var held: [UInt8] = []
    private var interimHeads = 0
    private var interimBytes = 0
    /// Nil before the head.
    private var body: BodyDecoder?

    /// - Parameter limits: ``HTTPLimits/body`` is not among those that hold: the reader of the content decides how much
    ///   it takes.
    package init(_ limits: HTTPLimits) {
        var limits = limits
        limits.body = .max
        self.limits = limits
        parser = MessageHeadParser(.response, limits: limits)
    }

    /// Makes ready for the answer to a request.
    package mutating func begin(answering method: RequestMethod) {
        self.method = method
        (held, body) = ([], nil)
        (interimHeads, interimBytes) = (0, 0)
        parser.reset(answering: method)
    }

    /// Whether the connection may carry another exchange behind this one, as the head says.
    package var isPersistent: Bool { head.parts.isPersistent }

    /// The fields that came behind the last chunk.
    package var trailers: [Trailer] { body?.trailers ?? [] }

    /// Goes on with `bytes`, of which those before `offset` are consumed. What was refused stays refused.
    ///
    /// - Complexity: O(bytes consumed), amortised.
    package mutating func step(_ bytes: RawSpan, from offset: Int) throws(HTTPParseError) -> Step {
        guard body != nil else { return try readHead(bytes, from: offset) }
        // In place: a copy of the decoder would copy what it has kept of trailers.
        return switch try body?.step(bytes, from: offset) {
        case .needMoreBytes?, nil: .needMoreBytes
        case .data(let range)?: .data(range)
        case .end(let end)?: .end(at: end)
        }
    }

    /// The server will send nothing more.
    /// - Throws: ``HTTPParseError/unexpectedEnd`` if the answer is not complete by that.
    package func finish() throws(HTTPParseError) {
        guard let body else { throw .unexpectedEnd }
        try body.finish()
    }
}

// MARK: - Heads

extension ResponseReader {
    private mutating func readHead(_ bytes: RawSpan, from offset: Int) throws(HTTPParseError) -> Step {
        let rest = bytes.extracting(droppingFirst: offset)
        guard let length = try takeHead(rest) else { return .needMoreBytes }
        let end = offset &+ length
        switch head.status {
        case 101: return .switched(end: end)
        case ..<200:
            try passOver()
            return .interim(end: end)
        default:
            body = try BodyDecoder(head.parts.framing, limits: limits)
            return .head(end: end)
        }
    }

    /// Makes ``head`` of what was kept and of the first bytes of `rest`. Returns how many; nil if the head goes on.
    private mutating func takeHead(_ rest: RawSpan) throws(HTTPParseError) -> Int? {
        let known = held.count
        if known == 0 {
            guard case .head(let length) = try parser.step(rest) else {
                held.append(copying: rest)
                return nil
            }
            let parts = parser.head
            head = ReceivedHead(parts, rest.extracting(first: length))
            return length
        }
        held.append(copying: rest.extracting(first: min(rest.byteCount, max(limits.head &- known, 0))))
        let whole = held
        guard case .head(let length) = try parser.step(whole.span.bytes) else { return nil }
        let parts = parser.head
        head = ReceivedHead(parts, whole.span.bytes.extracting(first: length))
        held = []
        return length &- known
    }

    private mutating func passOver() throws(HTTPParseError) {
        interimHeads += 1
        interimBytes += head.length
        guard interimHeads <= Self.mostInterimHeads, interimBytes <= Self.mostInterimBytes else {
            throw .tooManyInterimHeads
        }
        parser.reset(answering: method)
    }
}
