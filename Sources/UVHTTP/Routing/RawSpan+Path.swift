import UVCore

// A path as a router reads it: segments between slashes, in each of which a letter may be percent-encoded.

extension RawSpan {
    /// Whether it is the target `*`, which no path is.
    var isAsterisk: Bool { byteCount == 1 && byte(at: 0) == UInt8(ascii: "*") }

    /// The offset of the next slash, or the end.
    func endOfSegment(from start: Int) -> Int { firstOffset(of: UInt8(ascii: "/"), in: start..<byteCount) }

    /// Where the segment with this number lies in a path that begins with a slash; the first is 0.
    ///
    /// - Complexity: O(length of the path).
    func segment(_ number: Int) -> Range<Int>? {
        var start = 1
        for _ in 0..<number { start = endOfSegment(from: start) + 1 }
        return start <= byteCount ? start..<endOfSegment(from: start) : nil
    }

    /// Whether a segment is `literal`, plain or percent-encoded: both are the same path, RFC 3986 section 2.3.
    func isSegment(_ range: Range<Int>, _ literal: Span<UInt8>) -> Bool {
        guard range.count >= literal.count else { return false }
        if extracting(range).isSame(as: literal.bytes) { return true }
        var offset = range.lowerBound
        for index in literal.indices {
            guard offset < range.upperBound else { return false }
            let (byte, next) = decodedByte(at: offset, in: range)
            guard byte == literal[index] else { return false }
            offset = next
        }
        return offset == range.upperBound
    }

    /// A segment's text, percent-decoded; what is not UTF-8 then becomes U+FFFD.
    func decodedSegment(_ range: Range<Int>) -> String {
        withDecodedSegment(range) { bytes in bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
    }

    /// A segment's bytes, percent-decoded. Nothing is copied where nothing is encoded.
    func withDecodedSegment<Value>(_ range: Range<Int>, _ body: (RawSpan) throws -> Value) rethrows -> Value {
        let isPlain = firstOffset(of: UInt8(ascii: "%"), in: range) == range.upperBound
        if isPlain { return try body(extracting(range)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let (byte, next) = decodedByte(at: offset, in: range)
            bytes.append(byte)
            offset = next
        }
        return try body(bytes.span.bytes)
    }

    /// Whether this path is `path`, segment by segment as a route's.
    func isPath(_ path: String) -> Bool {
        var offset = 0
        for literal in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard offset <= byteCount else { return false }
            let end = endOfSegment(from: offset)
            guard isSegment(offset..<end, Array(literal).span) else { return false }
            offset = end + 1
        }
        return offset == byteCount + 1
    }
}
