/// The fields that an answer has unless the program says otherwise, in the order in which they are sent.
struct DefaultFields: OptionSet {
    let rawValue: UInt8

    static let date = DefaultFields(rawValue: 1)
    /// `Connection`, and `Keep-Alive` with it.
    static let connection = DefaultFields(rawValue: 2)
    static let contentLength = DefaultFields(rawValue: 4)
    static let transferEncoding = DefaultFields(rawValue: 8)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The one of that name, in any case; none if it is no default.
    init(named name: RawSpan) {
        switch FramingField(name) {
        case .date: self = .date
        case .connection: self = .connection
        case .contentLength: self = .contentLength
        case .transferEncoding: self = .transferEncoding
        case .trailer, .other: self = []
        }
    }
}

/// What a field of an answer means for its framing and its connection.
enum FramingField {
    case connection, contentLength, transferEncoding, trailer, date, other

    init(_ name: RawSpan) {
        let range = 0..<name.byteCount
        self =
            switch name.byteCount {
            case 4 where name.matches("date", at: range): .date
            case 7 where name.matches("trailer", at: range): .trailer
            case 10 where name.matches("connection", at: range): .connection
            case 14 where name.matches("content-length", at: range): .contentLength
            case 17 where name.matches("transfer-encoding", at: range): .transferEncoding
            default: .other
            }
    }

    /// All of these names.
    static let names = FieldNameSet("connection", "content-length", "transfer-encoding", "trailer", "date")
}
