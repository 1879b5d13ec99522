/// A message of which some frames, or parts of them, have arrived, unmasked and in one piece.
///
/// Its first header says what it is: the opcode and, with permessage-deflate, whether it is compressed.
struct PartialMessage: Sendable {
    let opcode: Opcode
    let isCompressed: Bool
    private(set) var bytes: [UInt8] = []
    /// The most bytes that the message can still come to: exact once its final frame has begun.
    private var ceiling = 0
    private var fragments = 0
    /// Bytes of its frames, if it is compressed.
    private var packedLength = 0
    private var text = UTF8Validator()

    init(_ header: FrameHeader) {
        opcode = header.opcode
        isCompressed = header.rsv1
    }

    /// Whether a text message may end here, with no character cut.
    var isComplete: Bool { opcode != .text || text.isComplete }

    /// Counts a frame, and refuses what its header announces before any of it is kept.
    mutating func begin(_ header: FrameHeader, within limits: MessageAssembler.Limits) throws(FrameError) {
        if isCompressed { return try beginCompressed(header, within: limits) }
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
        try check(from: start)
    }

    /// Whether a text is one so far, from `start` on.
    private mutating func check(from start: Int) throws(FrameError) {
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

// MARK: - Compressed ones

extension PartialMessage {
    /// How many bytes of frames are unmasked for one step of inflating, which may need fewer.
    private static let slice = 16 << 10

    /// What cannot be compressed grows, by a little in each frame: its frames may be twice as long as the message may be.
    private mutating func beginCompressed(
        _ header: FrameHeader, within limits: MessageAssembler.Limits
    ) throws(FrameError) {
        guard fragments < limits.fragments else { throw .tooManyFragments }
        fragments &+= 1
        let room = 2 &* min(limits.messageSize, .max / 8) &+ 16 &* min(fragments, .max / 32)
        guard header.payloadLength <= room &- packedLength else { throw .messageTooBig }
        packedLength &+= header.payloadLength
    }

    /// Takes of a piece of a frame's payload what becomes `room` bytes, or a few more, and counts them down.
    ///
    /// - Returns: How many bytes it has taken.
    mutating func inflate(
        _ payload: RawSpan, mask: Mask?, phase: Int, by inflater: MessageInflater, room: inout Int, limit: Int
    ) throws(FrameError) -> Int {
        var taken = 0
        while taken < payload.byteCount, room > 0 {
            let piece = payload.extracting(taken..<min(taken + Self.slice, payload.byteCount))
            if let mask {
                var unmasked: [UInt8] = []
                mask.append(piece, phase: phase + taken, to: &unmasked)
                taken += try inflate(unmasked.span.bytes, by: inflater, room: &room, limit: limit)
            } else {
                taken += try inflate(piece, by: inflater, room: &room, limit: limit)
            }
        }
        return taken
    }

    private mutating func inflate(
        _ piece: RawSpan, by inflater: MessageInflater, room: inout Int, limit: Int
    ) throws(FrameError) -> Int {
        let start = bytes.count
        let taken = Result { () throws(FrameError) in
            try inflater.inflate(piece, into: &bytes, room: &room, limit: limit)
        }
        // What is wrong first is what is said, however much came at once: the text before the rest of the stream.
        try check(from: start)
        return try taken.get()
    }

    /// Its last frame is over.
    mutating func finish(by inflater: MessageInflater, limit: Int) throws(FrameError) {
        // Some senders have no byte at all for an empty message.
        guard packedLength > 0 else { return }
        let start = bytes.count
        try inflater.finish(into: &bytes, limit: limit)
        try check(from: start)
    }
}
