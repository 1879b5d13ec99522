/// Reads the members of a value, and looks at each byte before it is taken: what is damaged is an error, not a trap.
struct CompactReader {
    private let bytes: [UInt8]
    private var position = 1
    /// Where the checksum begins.
    private let end: Int

    /// Nil if they do not end with their checksum, or are of a version that is not known.
    init?(_ bytes: [UInt8]) {
        end = bytes.count - CompactChecksum.size
        guard end > 0, bytes[0] == CompactWriter.version else { return nil }
        let sum = bytes[end...].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        guard sum == CompactChecksum.of(bytes[..<end]) else { return nil }
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == end }

    mutating func read<Value: Compact>() throws(CompactError) -> Value { try Value(from: &self) }

    mutating func byte() throws(CompactError) -> UInt8 {
        guard position < end else { throw CompactError() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func word() throws(CompactError) -> UInt64 {
        var word: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            let byte = try byte()
            // Of the tenth byte one bit has room.
            guard shift < 63 || byte < 2 else { throw CompactError() }
            word |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return word }
        }
        throw CompactError()
    }

    /// A number of bytes or members that are there: each member has a byte at least.
    mutating func count() throws(CompactError) -> Int {
        guard let count = Int(exactly: try word()), count <= end - position else { throw CompactError() }
        return count
    }

    /// Bytes behind their number.
    mutating func counted() throws(CompactError) -> ArraySlice<UInt8> {
        let count = try count()
        defer { position += count }
        return bytes[position..<position + count]
    }
}
