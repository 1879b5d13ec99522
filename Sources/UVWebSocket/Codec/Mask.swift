import UVCore

/// The four bytes that a client XORs over the payload of a frame (RFC 6455 section 5.3).
///
/// The mask keeps a hostile web page from writing bytes of its choice through a proxy that mistakes them for HTTP. It
/// hides nothing from other readers. Masking twice gives back what was there.
package struct Mask: Hashable, Sendable {
    /// The byte that comes first on the wire is the most significant one.
    package let key: UInt32

    package init(key: UInt32) {
        self.key = key
    }

    /// The key whose four bytes stand at `offset`.
    @inline(__always)
    init(_ bytes: RawSpan, at offset: Int) {
        key = (0..<4).reduce(0) { $0 &<< 8 | UInt32(bytes.byte(at: offset &+ $1)) }
    }

    /// Changes nothing, so that unmasked bytes can take the same way as masked ones.
    package static let none = Mask(key: 0)

    /// The key twice over, as it lies in memory under the eight bytes of payload that begin at position `phase`.
    func word(phase: Int) -> UInt64 {
        let bits = UInt32(truncatingIfNeeded: phase & 3) &* 8
        let turned = bits == 0 ? key : key &<< bits | key &>> (32 &- bits)
        let inMemory = UInt64(turned.bigEndian)
        return inMemory &<< 32 | inMemory
    }
}
