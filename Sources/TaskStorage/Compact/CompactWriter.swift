/// Appends the members of a value. See ``Compact``.
struct CompactWriter {
    /// The form that is written.
    static let version: UInt8 = 1

    private var bytes: [UInt8] = []

    init() {
        // Most values have room in it.
        bytes.reserveCapacity(128)
        bytes.append(Self.version)
    }

    /// What was written, with its checksum.
    consuming func finish() -> [UInt8] {
        let sum = CompactChecksum.of(bytes)
        for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: sum >> shift)) }
        return bytes
    }

    mutating func write(_ value: some Compact) { value.write(to: &self) }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// Seven bits a byte, the lowest first; all but the last byte have the eighth.
    mutating func append(word: UInt64) {
        var rest = word
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Bytes behind their number.
    mutating func append(counted content: some Collection<UInt8>) {
        append(word: UInt64(content.count))
        bytes.append(contentsOf: content)
    }
}
