import UVCore

// `GET /tasks HTTP/1.1` CR LF, RFC 9112 section 3: one space between the parts, and none elsewhere.

extension MessageHeadParser {
    @inline(__always)
    mutating func parseRequestLine(_ bytes: RawSpan) throws(HTTPParseError) -> Bool {
        switch state {
        case .method:
            guard try parseMethod(bytes) else { return false }
            fallthrough
        case .target:
            guard try parseTarget(bytes) else { return false }
            fallthrough
        default:
            return try parseVersion(bytes)
        }
    }

    @inline(__always)
    private mutating func parseMethod(_ bytes: RawSpan) throws(HTTPParseError) -> Bool {
        guard try skipEmptyLines(bytes) else { return false }
        switch RequestMethod.match(bytes, from: mark, seen: cursor) {
        case .found(let method, let end):
            beginTarget(method, at: end)
            return true
        case .unknown(let end):
            // What has no target and no version behind it is no request; then its first word is what is wrong with it.
            hasUnknownMethod = true
            beginTarget(.get, at: end)
            return true
        case .incomplete:
            cursor = bytes.byteCount
            return false
        case .none:
            throw .invalidMethod
        }
    }

    @inline(__always)
    private mutating func beginTarget(_ method: RequestMethod, at offset: Int) {
        head.method = method
        cursor = offset
        mark = offset
        state = .target
    }

    /// Empty lines before a request are skipped, RFC 9112 section 2.2: some clients send one after a body.
    @inline(__always)
    private mutating func skipEmptyLines(_ bytes: RawSpan) throws(HTTPParseError) -> Bool {
        while mark < bytes.byteCount, bytes.byte(at: mark) == HTTPGrammar.carriageReturn {
            guard mark &+ 1 < bytes.byteCount else { return false }
            guard bytes.byte(at: mark &+ 1) == HTTPGrammar.lineFeed else { throw .missingLineFeed }
            mark &+= 2
            cursor = mark
        }
        return mark < bytes.byteCount
    }

    @inline(__always)
    private mutating func parseTarget(_ bytes: RawSpan) throws(HTTPParseError) -> Bool {
        guard cursor < bytes.byteCount else { return false }
        if cursor == mark {
            guard RequestTarget.mayBegin(with: bytes.byte(at: cursor), method: head.method) else {
                throw .invalidTarget
            }
        }
        cursor = bytes.endOfTarget(from: cursor)
        guard cursor < bytes.byteCount else { return false }
        guard bytes.byte(at: cursor) == HTTPGrammar.space else { throw .invalidTarget }
        head.target = try RequestTarget(bytes, range: mark..<cursor, method: head.method)
        cursor &+= 1
        mark = cursor
        state = .version
        return true
    }

    @inline(__always)
    private mutating func parseVersion(_ bytes: RawSpan) throws(HTTPParseError) -> Bool {
        guard mark &+ 10 <= bytes.byteCount, let minor = Self.minorVersion(bytes.word(at: mark)),
            bytes.byte(at: mark &+ 8) == HTTPGrammar.carriageReturn, bytes.byte(at: mark &+ 9) == HTTPGrammar.lineFeed
        else {
            try checkVersion(bytes)
            return false
        }
        if hasUnknownMethod { throw .unknownMethod }
        head.minorVersion = minor
        cursor = mark &+ 10
        return true
    }

    /// Finds out what is wrong with the version and its line end, if it is not only incomplete.
    private mutating func checkVersion(_ bytes: RawSpan) throws(HTTPParseError) {
        for offset in mark..<min(mark &+ 10, bytes.byteCount) {
            let byte = bytes.byte(at: offset)
            switch offset &- mark {
            case 8: guard byte == HTTPGrammar.carriageReturn else { throw .invalidVersion }
            case 9: guard byte == HTTPGrammar.lineFeed else { throw .missingLineFeed }
            case let index: try Self.checkVersion(byte, at: index)
            }
        }
        cursor = bytes.byteCount
    }

    /// The x of `HTTP/1.x`, if the eight bytes of `word` are that and there is such a version.
    @inline(__always)
    static func minorVersion(_ word: UInt64) -> Int? {
        switch word {
        case 0x312E_312F_5054_5448: 1  // 1.1/PTTH: the first byte is the lowest.
        case 0x302E_312F_5054_5448: 0  // 0.1/PTTH
        default: nil
        }
    }

    /// Refuses a byte that is not the one at `index` of `HTTP/1.0` and `HTTP/1.1`.
    static func checkVersion(_ byte: UInt8, at index: Int) throws(HTTPParseError) {
        switch (index, byte) {
        case (0, UInt8(ascii: "H")), (1, UInt8(ascii: "T")), (2, UInt8(ascii: "T")), (3, UInt8(ascii: "P")),
            (4, UInt8(ascii: "/")), (5, UInt8(ascii: "1")), (6, UInt8(ascii: ".")), (7, UInt8(ascii: "0")),
            (7, UInt8(ascii: "1")):
            return
        default:
            throw index < 5 ? .invalidProtocol : .invalidVersion
        }
    }
}
