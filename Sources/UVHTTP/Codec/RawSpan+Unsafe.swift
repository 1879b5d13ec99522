import UVCore

extension RawSpan {
    /// Whether the bytes of a range are `text` but for the case of its letters.
    ///
    /// - Parameter text: Letters in lower case, digits and `-`.
    ///
    /// It compares eight or four bytes at a time, the last ones with some of those before them. The text stands in the
    /// program, so the compiler makes numbers of it.
    @inline(__always)
    func matches(_ text: StaticString, at range: Range<Int>) -> Bool {
        let count = text.utf8CodeUnitCount
        guard range.upperBound &- range.lowerBound == count else { return false }
        let expected = UnsafeRawBufferPointer(start: text.utf8Start, count: count)
        if count >= 8 { return matches(expected, at: range.lowerBound, UInt64.self) }
        if count >= 4 { return matches(expected, at: range.lowerBound, UInt32.self) }
        return matches(expected, at: range.lowerBound, UInt8.self)
    }

    @inline(__always)
    private func matches<Word: FixedWidthInteger & BitwiseCopyable>(
        _ expected: UnsafeRawBufferPointer, at start: Int, _: Word.Type
    ) -> Bool {
        let size = MemoryLayout<Word>.size
        var index = 0
        while index < expected.count {
            index = min(index, expected.count - size)
            let word = unsafeLoadUnaligned(fromByteOffset: start &+ index, as: Word.self)
            let wanted = expected.loadUnaligned(fromByteOffset: index, as: Word.self)
            // Letters alone have two cases, and 0x40. A carriage return with 0x20 set would be a `-`.
            let cases = wanted >> 1 & (Word.max / 255 * 0x20)
            guard word | cases == wanted else { return false }
            index += size
        }
        return true
    }
}
