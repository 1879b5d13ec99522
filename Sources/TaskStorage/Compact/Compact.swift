/// What stands in a column as bytes of our own: what the work queue knows of a task, the settings of a project.
///
/// ```
///   1 byte    the version of the form
///   members   one behind the other: numbers by seven bits a byte, texts and lists behind their length,
///             what may be missing behind a 0 or a 1
///   4 bytes   a checksum, which is another whenever one byte of the others is
/// ```
///
/// A type writes and reads its members in the same order. A new member is a new version: the reader is told which it reads.
protocol Compact {
    func write(to output: inout CompactWriter)
    init(from input: inout CompactReader) throws(CompactError)
}

/// Bytes that say nothing: they were damaged, or a newer program wrote them.
struct CompactError: Error {}

extension Compact {
    /// The value as it stands in a column.
    var compact: [UInt8] {
        var output = CompactWriter()
        output.write(self)
        return output.finish()
    }

    /// The value that stands in a column; nil if what stands there is none.
    ///
    /// - Complexity: O(bytes).
    init?(compact bytes: [UInt8]) {
        guard var input = CompactReader(bytes), let value = try? Self(from: &input), input.isAtEnd else { return nil }
        self = value
    }
}

/// FNV-1a. Each step can be undone, so two rows of bytes that differ in one never come out alike.
enum CompactChecksum {
    static let size = 4

    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        bytes.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }
}
