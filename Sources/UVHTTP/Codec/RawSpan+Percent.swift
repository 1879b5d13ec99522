import UVCore

extension RawSpan {
    /// The byte that stands at `offset`, a `%` with two digits being one, and the offset behind it.
    @inline(__always)
    func decodedByte(at offset: Int, in range: Range<Int>) -> (UInt8, Int) {
        let byte = byte(at: offset)
        guard byte == UInt8(ascii: "%"), offset + 2 < range.upperBound,
            let high = ChunkedDecoder.value(ofDigit: self.byte(at: offset + 1)),
            let low = ChunkedDecoder.value(ofDigit: self.byte(at: offset + 2))
        else { return (byte, offset + 1) }
        return (UInt8(truncatingIfNeeded: high << 4 | low), offset + 3)
    }
}
