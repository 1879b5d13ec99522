/// A frame's header of which some bytes have come, each of them checked as it came.
struct PartialHeader: Sendable {
    private enum State {
        case start
        case length
        case extendedLength(Field)
        case maskingKey(Field)
    }

    /// A number of several bytes, the most significant one first.
    private struct Field {
        let width: Int
        var received = 0
        var value: UInt64 = 0

        var isComplete: Bool { received == width }

        mutating func append(_ byte: UInt8) {
            value = value &<< 8 | UInt64(byte)
            received &+= 1
        }
    }

    private var state = State.start
    /// What is known of it so far.
    private var header = FrameHeader(opcode: .continuation, payloadLength: 0)

    /// Whether no byte of it has come.
    var isEmpty: Bool {
        if case .start = state { true } else { false }
    }

    /// Takes the next byte. Returns the header when that was its last.
    mutating func append(_ byte: UInt8, role: WebSocketRole, allowsRSV1: Bool) throws(FrameError) -> FrameHeader? {
        switch state {
        case .start:
            try readFirst(byte, allowsRSV1: allowsRSV1)
            state = .length
            return nil
        case .length:
            return try readSecond(byte, role)
        case .extendedLength(var field):
            field.append(byte)
            state = .extendedLength(field)
            return field.isComplete ? endLength(try extendedLength(field), role) : nil
        case .maskingKey(var field):
            field.append(byte)
            state = .maskingKey(field)
            header.mask = Mask(key: UInt32(truncatingIfNeeded: field.value))
            return field.isComplete ? header : nil
        }
    }

    private mutating func readFirst(_ byte: UInt8, allowsRSV1: Bool) throws(FrameError) {
        let number = byte & 0x0F
        guard byte & 0x30 == 0 else { throw .reservedBitSet }
        guard let opcode = Opcode(rawValue: number) else { throw .reservedOpcode(number) }
        header = FrameHeader(
            isFinal: byte & 0x80 != 0, rsv1: byte & 0x40 != 0, opcode: opcode, payloadLength: 0)
        guard !header.rsv1 || allowsRSV1 && (opcode == .text || opcode == .binary) else { throw .reservedBitSet }
        guard header.isFinal || !opcode.isControl else { throw .fragmentedControlFrame }
    }

    private mutating func readSecond(_ byte: UInt8, _ role: WebSocketRole) throws(FrameError) -> FrameHeader? {
        let isMasked = byte & 0x80 != 0
        let length = Int(byte & 0x7F)
        guard isMasked || role == .client else { throw .unmaskedFrame }
        guard !isMasked || role == .server else { throw .maskedFrame }
        guard length <= FrameHeader.controlPayloadLimit || !header.opcode.isControl else { throw .controlFrameTooLong }
        switch length {
        case 126: state = .extendedLength(Field(width: 2))
        case 127: state = .extendedLength(Field(width: 8))
        default: return endLength(length, role)
        }
        return nil
    }

    private func extendedLength(_ field: Field) throws(FrameError) -> Int {
        guard let length = Int(exactly: field.value) else { throw .lengthOutOfRange }
        guard length > (field.width == 2 ? 125 : 0xFFFF) else { throw .nonMinimalLength }
        return length
    }

    /// To a server the masking key follows, to a client nothing more.
    private mutating func endLength(_ length: Int, _ role: WebSocketRole) -> FrameHeader? {
        header.payloadLength = length
        guard role == .server else { return header }
        state = .maskingKey(Field(width: 4))
        return nil
    }
}
