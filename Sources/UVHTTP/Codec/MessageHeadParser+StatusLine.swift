import UVCore

// `HTTP/1.1 200 OK` CR LF, RFC 9112 section 4. Servers forget the space before an empty reason, so it may be missing.

extension MessageHeadParser {
    mutating func parseStatusLine(_ bytes: RawSpan) throws(HTTPParseError) -> Bool {
        while cursor < bytes.byteCount {
            let byte = bytes.byte(at: cursor)
            switch state {
            case .statusLine:
                try parseStatus(byte)
            case .reason:
                let end = bytes.endOfText(from: cursor)
                cursor = end
                guard end < bytes.byteCount else { return false }
                try endReason(bytes.byte(at: end))
            default:
                guard byte == HTTPGrammar.lineFeed else { throw .missingLineFeed }
                cursor &+= 1
                return true
            }
        }
        return false
    }

    private mutating func parseStatus(_ byte: UInt8) throws(HTTPParseError) {
        switch cursor {
        case 0..<8:
            try Self.checkVersion(byte, at: cursor)
            head.minorVersion = byte == UInt8(ascii: "0") ? 0 : 1
        case 8:
            guard byte == HTTPGrammar.space else { throw .invalidVersion }
        case 9..<12:
            guard HTTPGrammar.isDigit(byte), cursor > 9 || byte != UInt8(ascii: "0") else { throw .invalidStatus }
            head.status = head.status &* 10 &+ Int(byte &- UInt8(ascii: "0"))
        default:
            mark = 13
            state = .reason
            guard byte == HTTPGrammar.space else { return try endStatus(byte) }
        }
        cursor &+= 1
    }

    /// The line ends behind the status.
    private mutating func endStatus(_ byte: UInt8) throws(HTTPParseError) {
        mark = cursor
        guard byte == HTTPGrammar.carriageReturn else { throw .invalidStatus }
        try endReason(byte)
    }

    private mutating func endReason(_ byte: UInt8) throws(HTTPParseError) {
        guard byte == HTTPGrammar.carriageReturn else {
            throw byte == HTTPGrammar.lineFeed ? .bareLineFeed : .invalidStatus
        }
        head.reason = mark..<cursor
        cursor &+= 1
        state = .reasonLineFeed
    }
}
