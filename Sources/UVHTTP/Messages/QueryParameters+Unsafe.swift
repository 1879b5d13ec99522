extension RawSpan {
    /// What stands in a query's `range`, decoded; what is not UTF-8 then becomes U+FFFD.
    func decodedQuery(_ range: Range<Int>) -> String {
        // Decoding never makes it longer, so no byte is written beyond the capacity.
        String(unsafeUninitializedCapacity: range.count) { text in
            var count = 0
            var offset = range.lowerBound
            while offset < range.upperBound {
                (text[count], offset) = decodedQueryByte(at: offset, in: range)
                count += 1
            }
            return count
        }
    }
}
