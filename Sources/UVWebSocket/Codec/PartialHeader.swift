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
            header = try FrameHeader(first: byte, allowsRSV1: allowsRSV1)
            state = .length
            return nil
        case .length:
            return endSecond(try header.length(second: byte, role), role)
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

    private mutating func endSecond(_ length: Int, _ role: WebSocketRole) -> FrameHeader? {
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
