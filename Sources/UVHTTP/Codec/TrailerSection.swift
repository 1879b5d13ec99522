import UVCore

/// Collects and parses the trailer section behind the last chunk.
///
/// Its lines may come in pieces and no other code keeps them. So they are copied here, at most as many bytes as the
/// limit on heads allows.
struct TrailerSection: Sendable {
    private var bytes: [UInt8] = []
    private var fields: [MessageHead.Field] = []
    private var parser: FieldSectionParser
    private let limit: Int

    init(limits: HTTPLimits) {
        parser = FieldSectionParser(maximumFields: limits.fields)
        limit = min(max(limits.head, 0), Int(UInt32.max))
    }

    /// Goes on with what arrived; the offset behind the section once it is complete.
    mutating func step(_ arrived: RawSpan, from offset: Int) throws(HTTPParseError) -> Int? {
        let known = bytes.count
        for index in offset..<min(arrived.byteCount, offset &+ (limit &- known)) {
            bytes.append(arrived.byte(at: index))
        }
        guard let end = try parse(bytes) else {
            guard bytes.count < limit else { throw .headTooLarge }
            return nil
        }
        return offset &+ (end &- known)
    }

    /// The end of the section in `bytes`, if it is there.
    private mutating func parse(_ bytes: [UInt8]) throws(HTTPParseError) -> Int? {
        while true {
            switch try parser.step(bytes.span.bytes) {
            case .needMoreBytes: return nil
            case .field(let field):
                let name = String(decoding: bytes[field.name], as: UTF8.self)
                guard !Trailer.isForbidden(name) else { throw .forbiddenTrailer }
                fields.append(field)
            case .end: return parser.cursor
            }
        }
    }

    /// The fields of the section.
    func trailers() -> [Trailer] {
        fields.map { field in
            Trailer(name: String(decoding: bytes[field.name], as: UTF8.self), parsedValue: Array(bytes[field.value]))
        }
    }
}
