/// A message of which some frames, or parts of them, have arrived, unmasked and in one piece.
///
/// Its first header says what it is: the opcode and, with permessage-deflate, whether it is compressed.
struct PartialMessage: Sendable {
    let opcode: Opcode
    private(set) var bytes: [UInt8] = []
    /// The most bytes that the message can still come to: exact once its final frame has begun.
    private var ceiling = 0
    private var fragments = 0
    private var text = UTF8Validator()

    init(_ header: FrameHeader) {
        opcode = header.opcode
    }

    /// Whether a text message may end here, with no character cut.
    var isComplete: Bool { opcode != .text || text.isComplete }

    /// Counts a frame, and refuses what its header announces before any of it is kept.
    mutating func begin(_ header: FrameHeader, within limits: MessageAssembler.Limits) throws(FrameError) {
        guard header.payloadLength <= limits.messageSize &- bytes.count else { throw .messageTooBig }
        guard fragments < limits.fragments else { throw .tooManyFragments }
        fragments &+= 1
        ceiling = header.isFinal ? bytes.count &+ header.payloadLength : limits.messageSize
    }

    /// Takes a piece of a frame's payload. Text that cannot become UTF-8 is refused here, not at the message's end.
    mutating func append(_ payload: RawSpan, mask: Mask, phase: Int) throws(FrameError) {
        let start = bytes.count
        reserve(start &+ payload.byteCount)
        mask.append(payload, phase: phase, to: &bytes)
        guard opcode == .text else { return }
        var text = text
        guard text.append(bytes.span.bytes.extracting(start..<bytes.count)) else { throw .invalidText }
        self.text = text
    }

    /// Grows with what has arrived, to twice that at most, so that many small frames cost no more than a large one;
    /// and not past the message's end, so that one that came in two reads fits its array.
    private mutating func reserve(_ count: Int) {
        guard count > bytes.capacity else { return }
        bytes.reserveCapacity(min(max(count, 2 &* bytes.count), ceiling))
    }
}
