import UVCore

/// What is kept of frames that are no whole message: a part of a frame, the fragments before it, or both.
struct UnfinishedMessage: Sendable {
    /// What is inflated at most before the next message of another peer may be heard.
    private static let inflatedAtOnce = 64 << 10

    private var decoder: FrameDecoder
    private var message: PartialMessage?
    /// A control frame that has begun. It may stand between the fragments of the message.
    private var control: PartialMessage?

    /// - Parameters:
    ///   - role: this end of the connection.
    ///   - allowsRSV1: messages may be compressed.
    init(role: WebSocketRole, allowsRSV1: Bool) { decoder = FrameDecoder(role: role, allowsRSV1: allowsRSV1) }

    /// Whether nothing is under way.
    var isEmpty: Bool { message == nil && decoder.isBetweenFrames }

    /// Memory taken for the message, in bytes.
    var reservedBytes: Int { message?.bytes.capacity ?? 0 }

    /// Bytes that are kept of the message.
    var keptBytes: Int { message?.bytes.count ?? 0 }

    /// Reads from `offset`, which it moves, up to the next event; `nil` when the bytes do not hold one more.
    ///
    /// - Parameter inflater: Of a connection with compressed messages.
    mutating func nextEvent(
        in bytes: RawSpan, at offset: inout Int, within limits: MessageAssembler.Limits, _ inflater: MessageInflater?
    ) throws(FrameError) -> MessageAssembler.Event? {
        var room = Self.inflatedAtOnce
        while true {
            switch try decoder.step(bytes, at: &offset) {
            case .header(let header):
                try begin(header, within: limits)
            case .payload(let header, let range, let phase):
                let payload = bytes.extracting(range)
                let isCompressed = message?.isCompressed == true && !header.opcode.isControl
                guard isCompressed, let inflater else {
                    try take(payload, of: header, phase: phase)
                    continue
                }
                let taken = try inflate(payload, of: header, phase: phase, within: limits, inflater, &room)
                guard taken < payload.byteCount else { continue }
                decoder.giveBack(payload.byteCount - taken, at: &offset)
                return .inflating
            case .frameEnd(let header):
                if let event = try end(header, within: limits, inflater) { return event }
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

    private mutating func inflate(
        _ payload: RawSpan, of header: FrameHeader, phase: Int, within limits: MessageAssembler.Limits,
        _ inflater: MessageInflater, _ room: inout Int
    ) throws(FrameError) -> Int {
        try message?.inflate(
            payload, mask: header.mask, phase: phase, by: inflater, room: &room, limit: limits.messageSize) ?? 0
    }

    private mutating func end(
        _ header: FrameHeader, within limits: MessageAssembler.Limits, _ inflater: MessageInflater?
    ) throws(FrameError) -> MessageAssembler.Event? {
        guard header.isFinal else { return nil }
        if header.opcode.isControl {
            return try control.take().map { whole throws(FrameError) in try MessageAssembler.Event(whole) }
        }
        guard var whole = message.take() else { return nil }
        if whole.isCompressed, let inflater { try whole.finish(by: inflater, limit: limits.messageSize) }
        return try MessageAssembler.Event(whole)
    }
}
