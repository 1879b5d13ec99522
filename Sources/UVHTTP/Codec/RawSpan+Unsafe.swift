import UVCore

extension RawSpan {
    /// Whether a range of token characters is `text` but for the case of its letters.
    ///
    /// - Parameter text: Letters in lower case, digits and `-`; of no two token characters both become one of these
    ///   by setting 0x20, except the two cases of a letter.
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
        let folding = Word.max / 255 * 0x20
        var index = 0
        while index < expected.count {
            index = min(index, expected.count - size)
            let word = unsafeLoadUnaligned(fromByteOffset: start &+ index, as: Word.self)
            guard word | folding == expected.loadUnaligned(fromByteOffset: index, as: Word.self) else { return false }
            index += size
        }
        return true
    }
}
