import UVCore

// What the first two bytes of a header say, and the rules that they keep to (RFC 6455 section 5.2).

extension FrameHeader {
    /// What the first byte says; the length is not known yet.
    @inline(__always)
    init(first byte: UInt8, allowsRSV1: @autoclosure () -> Bool) throws(FrameError) {
        let number = byte & 0x0F
        guard byte & 0x30 == 0 else { throw .reservedBitSet }
        guard let opcode = Opcode(rawValue: number) else { throw .reservedOpcode(number) }
        self.init(isFinal: byte & 0x80 != 0, rsv1: byte & 0x40 != 0, opcode: opcode, payloadLength: 0)
        guard !rsv1 || allowsRSV1() && (opcode == .text || opcode == .binary) else { throw .reservedBitSet }
        guard isFinal || !opcode.isControl else { throw .fragmentedControlFrame }
    }

    /// The length in the second byte: up to 125 that of the payload; 126 and 127 announce longer ones.
    @inline(__always)
    func length(second byte: UInt8, _ role: WebSocketRole) throws(FrameError) -> Int {
        let isMasked = byte & 0x80 != 0
        let length = Int(byte & 0x7F)
        guard isMasked || role == .client else { throw .unmaskedFrame }
        guard !isMasked || role == .server else { throw .maskedFrame }
        guard length <= Self.controlPayloadLimit || !opcode.isControl else { throw .controlFrameTooLong }
        return length
    }

    /// Reads a header of the shortest form, which most frames have, if the whole of it is there; otherwise nothing is read.
    /// - Returns: The header and the offset behind it.
    @inline(__always)
    static func readShort(
        _ bytes: RawSpan, from offset: Int, _ role: WebSocketRole, allowsRSV1: @autoclosure () -> Bool
    ) throws(FrameError) -> (FrameHeader, end: Int)? {
        let end = offset &+ (role == .server ? 6 : 2)
        guard end <= bytes.byteCount else { return nil }
        var header = try FrameHeader(first: bytes.byte(at: offset), allowsRSV1: allowsRSV1())
        let length = try header.length(second: bytes.byte(at: offset &+ 1), role)
        guard length <= 125 else { return nil }
        header.payloadLength = length
        if role == .server { header.mask = Mask(bytes, at: offset &+ 2) }
        return (header, end)
    }
}
