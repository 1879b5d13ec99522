import UVCore

/// The names of the fields of a head: a bit for each, which a few names share.
///
/// A name whose bit is not set is not among them, so a look-up for it ends without a look at the fields.
package struct FieldNameSet: Equatable, Sendable {
    private var bits: UInt64 = 0

    /// No name.
    init() {}

    /// - Parameter names: In either case.
    init(_ names: StaticString...) {
        for name in names {
            let bytes = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
            insert(RawSpan(_unsafeBytes: bytes), 0..<bytes.count)
        }
    }

    /// Adds the name that lies in `range`, which is not empty.
    @inline(__always)
    mutating func insert(_ bytes: RawSpan, _ range: Range<Int>) { bits |= Self.bit(of: bytes, range) }

    @inline(__always)
    mutating func formUnion(_ names: FieldNameSet) { bits |= names.bits }

    /// Whether `name`, in either case, may be among the names.
    @inline(__always)
    func mayContain(_ name: RawSpan) -> Bool {
        !name.isEmpty && bits & Self.bit(of: name, 0..<name.byteCount) != 0
    }

    /// Whether one of `names` may be among them.
    @inline(__always)
    func mayContain(anyOf names: FieldNameSet) -> Bool { bits & names.bits != 0 }

    /// First and last letter and length tell most names of HTTP from each other.
    @inline(__always)
    private static func bit(of bytes: RawSpan, _ range: Range<Int>) -> UInt64 {
        let first = bytes.byte(at: range.lowerBound) | 0x20
        let last = bytes.byte(at: range.upperBound &- 1) | 0x20
        return 1 &<< (UInt64(first) &+ 8 &* UInt64(last) &+ 29 &* UInt64(range.count))
    }
}
