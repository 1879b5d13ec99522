/// What is kept of frames that are no whole message: a part of a frame, the fragments before it, or both.
struct UnfinishedMessage: Sendable {
    private var decoder: FrameDecoder
    private var message: PartialMessage?
    /// A control frame that has begun. It may stand between the fragments of the message.
    private var control: PartialMessage?

    /// - Parameter role: this end of the connection.
    init(role: WebSocketRole) { decoder = FrameDecoder(role: role) }

    /// Whether nothing is under way.
    var isEmpty: Bool { message == nil && decoder.isBetweenFrames }

    /// Memory taken for the message, in bytes.
    var reservedBytes: Int { message?.bytes.capacity ?? 0 }

    /// Reads from `offset`, which it moves, up to the next event; `nil` when the bytes do not hold one more.
    mutating func nextEvent(
        in bytes: RawSpan, at offset: inout Int, within limits: MessageAssembler.Limits
    ) throws(FrameError) -> MessageAssembler.Event? {
        while true {
            switch try decoder.step(bytes, at: &offset) {
            case .header(let header):
                try begin(header, within: limits)
            case .payload(let header, let range, let phase):
                try take(bytes.extracting(range), of: header, phase: phase)
            case .frameEnd(let header):
                if let event = try end(header) { return event }
            case .needMoreBytes:
                return nil
            }
        }
    }

    private mutating func begin(_ header: FrameHeader, within limits: MessageAssembler.Limits) throws(FrameError) {
        switch header.opcode {
        case .close, .ping, .pong:
            control = PartialMessage(header)
            return
        case .text, .binary:
            guard message == nil else { throw .expectedContinuation }
            message = PartialMessage(header)
        case .continuation:
            guard message != nil else { throw .unexpectedContinuation }
        }
        try message?.begin(header, within: limits)
    }

    private mutating func take(_ payload: RawSpan, of header: FrameHeader, phase: Int) throws(FrameError) {
        let mask = header.mask ?? .none
        if header.opcode.isControl {
            try control?.append(payload, mask: mask, phase: phase)
        } else {
            try message?.append(payload, mask: mask, phase: phase)
        }
    }

    private mutating func end(_ header: FrameHeader) throws(FrameError) -> MessageAssembler.Event? {
        guard header.isFinal else { return nil }
        let whole = header.opcode.isControl ? control.take() : message.take()
        return try whole.map { whole throws(FrameError) in try MessageAssembler.Event(whole) }
    }
}
