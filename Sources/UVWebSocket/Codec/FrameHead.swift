/// The head of a frame as it is sent, where it takes no allocation.
struct FrameHead {
    /// The first ``count`` of them are the head.
    private(set) var bytes = InlineArray<14, UInt8>(repeating: 0)
    private(set) var count = 0

    init(_ header: FrameHeader) {
        let length = header.payloadLength
        if header.opcode.isControl {
            precondition(header.isFinal, "A control frame cannot be fragmented")
            precondition(length <= FrameHeader.controlPayloadLimit, "A control frame of \(length) bytes")
        }
        append((header.isFinal ? 0x80 : 0) | (header.rsv1 ? 0x40 : 0) | header.opcode.rawValue)
        let masked: UInt8 = header.mask == nil ? 0 : 0x80
        switch length {
        case ...125:
            append(masked | UInt8(length))
        case ...0xFFFF:
            append(masked | 126)
            append(number: UInt16(length))
        default:
            append(masked | 127)
            append(number: UInt64(length))
        }
        if let mask = header.mask { append(number: mask.key) }
    }

    private mutating func append(_ byte: UInt8) {
        bytes[count] = byte
        count &+= 1
    }

    /// The most significant byte first.
    private mutating func append(number: some FixedWidthInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
