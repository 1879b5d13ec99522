import UVCore

extension RawSpan {
    /// Whether a range is `host [ ":" port ]`, RFC 3986 section 3.2, with a host and a port of at most 65535.
    ///
    /// Of an address in brackets only the characters are checked: the code that connects to it parses it.
    /// - Parameter needsPort: Whether the port must be there; otherwise it may be missing or, after its colon, empty.
    func isAuthority(_ range: Range<Int>, needsPort: Bool) -> Bool {
        guard let hostEnd = endOfHost(range) else { return false }
        guard hostEnd < range.upperBound else { return !needsPort }
        guard byte(at: hostEnd) == UInt8(ascii: ":") else { return false }
        return isPort(hostEnd &+ 1..<range.upperBound, mayBeEmpty: !needsPort)
    }

    /// The end of the host that a range begins with, if it does.
    private func endOfHost(_ range: Range<Int>) -> Int? {
        guard let start = range.first else { return nil }
        guard byte(at: start) == UInt8(ascii: "[") else {
            let end = end(of: HTTPGrammar.host, from: start, to: range.upperBound)
            return end > start ? end : nil
        }
        let end = end(of: HTTPGrammar.address, from: start &+ 1, to: range.upperBound)
        guard end > start &+ 1, end < range.upperBound, byte(at: end) == UInt8(ascii: "]") else { return nil }
        return end &+ 1
    }

    private func isPort(_ range: Range<Int>, mayBeEmpty: Bool) -> Bool {
        guard !range.isEmpty else { return mayBeEmpty }
        guard range.count <= 5 else { return false }
        var port = 0
        for offset in range {
            let byte = byte(at: offset)
            guard HTTPGrammar.isDigit(byte) else { return false }
            port = port &* 10 &+ Int(byte &- UInt8(ascii: "0"))
        }
        return port <= 65_535
    }
}
