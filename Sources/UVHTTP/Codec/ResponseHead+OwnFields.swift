import UVCore

/// What a handler has said by itself about framing and the connection.
///
/// A length is taken at its word only if it is one, and never beside chunks: what two readers of an answer could
/// understand differently is not sent.
struct OwnFields {
    enum Connection {
        case close, other
    }

    private(set) var connection: Connection?
    private(set) var contentLength: Int?
    /// Whether the length is sent where the handler has put it; it may be there once.
    private(set) var sendsLength = false
    private var hasLength = false
    private(set) var isChunked = false
    private(set) var hasTrailer = false
    private(set) var hasDate = false

    /// Whether there is a field that may not be sent as it is.
    private(set) var framesItself = false

    /// What most answers say of it: nothing.
    init() {}

    @inline(never)
    init(_ response: borrowing ResponseHead) {
        guard response.mayFrameItself else { return }
        var start = 0
        while let line = response.fields.line(at: start) {
            response.fields.withBytes { note($0.extracting(line.name), $0.extracting(line.value)) }
            start = line.range.upperBound
        }
        // RFC 9110 section 8.6: these have none.
        if response.code < 200 || response.code == 204 { sendsLength = false }
    }

    private mutating func note(_ name: RawSpan, _ value: RawSpan) {
        switch FramingField(name) {
        case .connection:
            noteConnection(value)
        case .contentLength:
            sendsLength = !hasLength && Self.length(value) != nil
            (framesItself, hasLength) = (true, true)
            if contentLength == nil { contentLength = Self.length(value) }
        case .transferEncoding:
            framesItself = true
            isChunked = value.lastElement(is: "chunked")
        case .trailer: hasTrailer = true
        case .date: hasDate = true
        case .other: break
        }
    }

    private mutating func noteConnection(_ value: RawSpan) {
        if value.hasElement("close") {
            connection = .close
        } else if value.hasElement("keep-alive") {
            // Whether the connection is kept is not the handler's to promise.
            framesItself = true
        } else if connection == nil {
            connection = .other
        }
    }

    private static func length(_ value: RawSpan) -> Int? {
        var length = 0
        for offset in 0..<value.byteCount {
            let byte = value.byte(at: offset)
            guard HTTPGrammar.isDigit(byte) else { return nil }
            let (shifted, isTooLong) = length.multipliedReportingOverflow(by: 10)
            let (sum, isTooLarge) = shifted.addingReportingOverflow(Int(byte &- UInt8(ascii: "0")))
            if isTooLong || isTooLarge { return nil }
            length = sum
        }
        return value.isEmpty ? nil : length
    }

    /// Whether a field of the handler's is sent.
    func mayBeSent(_ name: RawSpan, _ value: RawSpan, _ framing: ResponseFraming) -> Bool {
        switch FramingField(name) {
        case .connection: !value.hasElement("keep-alive")
        case .contentLength: sendsLength && framing.body != .chunked
        case .transferEncoding: framing.body == .chunked
        case .trailer, .date, .other: true
        }
    }
}
