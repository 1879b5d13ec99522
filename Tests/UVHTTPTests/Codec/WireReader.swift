@testable import UVHTTP

/// Reads messages from bytes as a connection does: it keeps a head that is not complete, and goes on behind each
/// message.
struct WireReader {
    struct Message: Equatable {
        var head: MessageHead
        var headBytes: [UInt8]
        var body: [UInt8] = []
        var trailers: [Trailer] = []
        var isComplete = false

        func text(_ range: Range<Int>) -> String { String(latin1: headBytes[range]) }

        var fields: [String] { head.fields.map { text($0.name) + ": " + text($0.value) } }
    }

    private(set) var messages: [Message] = []
    private(set) var error: HTTPParseError?

    /// Bytes that no message has taken.
    private(set) var carried: [UInt8] = []

    private let limits: HTTPLimits
    private var parser: MessageHeadParser
    private var body: BodyDecoder?

    init(_ kind: MessageHeadParser.Kind = .request, limits: HTTPLimits = .defaults) {
        self.limits = limits
        parser = MessageHeadParser(kind, limits: limits)
    }

    var hasBegun: Bool { body != nil || parser.hasBegun }

    mutating func feed(_ bytes: some Collection<UInt8>) {
        guard error == nil else { return }
        carried += bytes
        do throws(HTTPParseError) {
            while try readHead(), try readBody() {}
        } catch {
            self.error = error
        }
    }

    /// The peer ends.
    mutating func finish() throws(HTTPParseError) {
        try body?.finish()
        if body == nil, parser.hasBegun { throw .unexpectedEnd }
    }

    private mutating func readHead() throws(HTTPParseError) -> Bool {
        guard body == nil else { return true }
        let (carried, last) = (carried, messages.last?.headBytes ?? [])
        guard case .head(let length) = try parser.step(carried.span.bytes, after: last.span.bytes) else { return false }
        messages.append(Message(head: parser.head, headBytes: Array(carried[..<length])))
        self.carried.removeFirst(length)
        body = try BodyDecoder(parser.head.framing, limits: limits)
        return true
    }

    private mutating func readBody() throws(HTTPParseError) -> Bool {
        guard var decoder = body else { return false }
        defer { if body != nil { body = decoder } }
        var offset = 0
        while true {
            switch try decoder.step(carried, from: offset) {
            case .needMoreBytes:
                carried = []
                return false
            case .data(let range):
                messages[messages.count - 1].body += carried[range]
                offset = range.upperBound
            case .end(let end):
                carried.removeFirst(end)
                messages[messages.count - 1].trailers = decoder.trailers
                messages[messages.count - 1].isComplete = true
                parser.reset(limits)
                body = nil
                return true
            }
        }
    }
}

/// What became of some bytes; it must not depend on how they arrived.
struct Reading: Equatable {
    var messages: [WireReader.Message]
    var error: HTTPParseError?

    /// All at once.
    init(_ bytes: [UInt8], _ kind: MessageHeadParser.Kind = .request, limits: HTTPLimits = .defaults) {
        self.init(pieces: [bytes[...]], kind, limits: limits)
    }

    /// In two pieces.
    init(
        _ bytes: [UInt8], cutAt cut: Int, _ kind: MessageHeadParser.Kind = .request, limits: HTTPLimits = .defaults
    ) {
        self.init(pieces: [bytes[..<cut], bytes[cut...]], kind, limits: limits)
    }

    /// Byte by byte.
    init(
        byteByByte bytes: [UInt8], _ kind: MessageHeadParser.Kind = .request, limits: HTTPLimits = .defaults
    ) {
        self.init(pieces: bytes.indices.map { bytes[$0...$0] }, kind, limits: limits)
    }

    private init(pieces: [ArraySlice<UInt8>], _ kind: MessageHeadParser.Kind, limits: HTTPLimits) {
        var reader = WireReader(kind, limits: limits)
        for piece in pieces { reader.feed(piece) }
        messages = reader.messages
        error = reader.error
    }
}

extension HTTPLimits {
    static let defaults = HTTPLimits()
}

// Expectations cannot hold a span, so they call these.

extension MessageHeadParser {
    mutating func step(_ bytes: [UInt8]) throws(HTTPParseError) -> Step { try step(bytes.span.bytes) }
}

extension BodyDecoder {
    mutating func step(_ bytes: [UInt8], from offset: Int) throws(HTTPParseError) -> Step {
        try step(bytes.span.bytes, from: offset)
    }
}

extension Array where Element == UInt8 {
    /// One byte a character, which must be below 256.
    init(latin1 text: String) {
        self = text.unicodeScalars.map { UInt8($0.value) }
    }
}

extension String {
    init(latin1 bytes: some Sequence<UInt8>) {
        self.init(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
