import UVCore

/// What the fields of one head say about its body and its connection, noted field by field.
///
/// Two readers that take the same bytes for messages of different lengths can be made to see different requests; this
/// is request smuggling, RFC 9112 section 11.2. So nothing about the length is guessed or repaired here: a second
/// Content-Length is refused even if it is equal, as Node's parser refuses it, and so is a list such as `5, 5`, which
/// RFC 9112 section 6.3 would allow to merge; Content-Length and Transfer-Encoding exclude each other.
struct FramingRules: Sendable {
    private enum Coding {
        case absent, chunked
        /// One that is not known here, at the end or before chunked.
        case unknown, unknownThenChunked

        var isChunkedFinal: Bool { self == .chunked || self == .unknownThenChunked }
    }

    private(set) var expectation = MessageHead.Expectation.none
    private(set) var hostCount = 0

    private var contentLength: Int?
    private var coding = Coding.absent
    private var closes = false
    private var keepsAlive = false
    private var hasUpgradeOption = false
    private var hasUpgrade = false

    /// Notes one field.
    @inline(__always)
    mutating func note(
        _ name: KnownField, _ value: Range<Int>, in bytes: RawSpan, minorVersion: Int
    ) throws(HTTPParseError) {
        switch name {
        case .host: try noteHost(value, in: bytes)
        case .expect: noteExpectation(value, in: bytes)
        case .upgrade: hasUpgrade = hasUpgrade || !value.isEmpty
        case .connection: noteConnection(value, in: bytes)
        case .contentLength: try noteContentLength(value, in: bytes)
        case .proxyConnection: noteProxyConnection(value, in: bytes)
        case .transferEncoding:
            guard minorVersion > 0 else { throw .transferEncodingInHTTP10 }
            try noteTransferEncoding(value, in: bytes)
        default: break
        }
    }

    /// The length of a request's body: none, unless it says otherwise. RFC 9112 section 6.1 has a coding that is not known
    /// be answered 501, also before chunked: the program would take the coded bytes for the content.
    func requestFraming() throws(HTTPParseError) -> BodyFraming {
        switch coding {
        case .absent: BodyFraming(length: contentLength ?? 0)
        case .chunked: .chunked
        case .unknown, .unknownThenChunked: throw .unknownTransferCoding
        }
    }

    /// The length of a response's body, RFC 9112 section 6.3: without a length it goes on until the connection ends.
    func responseFraming(status: Int, to method: RequestMethod) -> BodyFraming {
        if method == .head || status < 200 || status == 204 || status == 304 { return .none }
        if method == .connect, status < 300 { return .none }
        return switch coding {
        case .absent: contentLength.map(BodyFraming.init(length:)) ?? .untilClose
        case .chunked, .unknownThenChunked: .chunked
        case .unknown: .untilClose
        }
    }

    /// RFC 9112 section 9.3: `close` decides. Otherwise only HTTP/1.0 has to be asked to keep the connection.
    func isPersistent(minorVersion: Int) -> Bool {
        !closes && (minorVersion > 0 || keepsAlive)
    }

    /// HTTP/1.0 cannot switch, RFC 9110 section 7.8.
    func requestsUpgrade(minorVersion: Int) -> Bool {
        hasUpgradeOption && hasUpgrade && minorVersion > 0
    }
}

// MARK: - The fields

extension FramingRules {
    /// RFC 9112 section 3.2: a server must refuse a Host that is not one. It may be empty.
    private mutating func noteHost(_ value: Range<Int>, in bytes: RawSpan) throws(HTTPParseError) {
        hostCount &+= 1
        guard value.isEmpty || bytes.isAuthority(value, needsPort: false) else { throw .invalidHost }
    }

    private mutating func noteExpectation(_ value: Range<Int>, in bytes: RawSpan) {
        var list = FieldList(value)
        while let element = list.next(bytes) {
            if element.isEmpty { continue }
            if !bytes.matches("100-continue", at: element) {
                expectation = .unknown
            } else if expectation == .none {
                expectation = .continue
            }
        }
        // One that names nothing is no expectation that can be met.
        if expectation == .none { expectation = .unknown }
    }

    private mutating func noteConnection(_ value: Range<Int>, in bytes: RawSpan) {
        var list = FieldList(value)
        while let option = list.next(bytes) {
            if bytes.matches("keep-alive", at: option) {
                keepsAlive = true
            } else if bytes.matches("close", at: option) {
                closes = true
            } else if bytes.matches("upgrade", at: option) {
                hasUpgradeOption = true
            }
        }
    }

    /// Has no meaning to a server, RFC 9112 appendix C.2.2; but a client that says `close` there sends nothing more.
    private mutating func noteProxyConnection(_ value: Range<Int>, in bytes: RawSpan) {
        var list = FieldList(value)
        while let option = list.next(bytes) {
            closes = closes || bytes.matches("close", at: option)
        }
    }

    private mutating func noteContentLength(_ value: Range<Int>, in bytes: RawSpan) throws(HTTPParseError) {
        guard coding == .absent else { throw .contentLengthBesideTransferEncoding }
        guard contentLength == nil else { throw .repeatedContentLength }
        guard !value.isEmpty else { throw .invalidContentLength }
        var length = 0
        for offset in value {
            let byte = bytes.byte(at: offset)
            guard HTTPGrammar.isDigit(byte) else { throw .invalidContentLength }
            let (shifted, isTooLong) = length.multipliedReportingOverflow(by: 10)
            let (sum, isTooLarge) = shifted.addingReportingOverflow(Int(byte &- UInt8(ascii: "0")))
            guard !isTooLong, !isTooLarge else { throw .invalidContentLength }
            length = sum
        }
        contentLength = length
    }

    /// Codings are tokens here: no registered one has parameters, and a quoted parameter is a place to hide a comma.
    /// Nothing may follow chunked, not even an empty element or chunked itself.
    private mutating func noteTransferEncoding(_ value: Range<Int>, in bytes: RawSpan) throws(HTTPParseError) {
        guard contentLength == nil else { throw .transferEncodingBesideContentLength }
        guard !value.isEmpty else { throw .invalidTransferEncoding }
        var list = FieldList(value)
        while let element = list.next(bytes) {
            guard !coding.isChunkedFinal, !element.isEmpty,
                bytes.end(of: HTTPGrammar.token, from: element.lowerBound, to: element.upperBound) == element.upperBound
            else { throw .invalidTransferEncoding }
            let isChunked = bytes.matches("chunked", at: element)
            coding = !isChunked ? .unknown : coding == .absent ? .chunked : .unknownThenChunked
        }
    }
}
