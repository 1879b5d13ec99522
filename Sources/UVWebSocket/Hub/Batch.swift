/// What was broadcast to the same members, one message behind another: they get it as one piece.
struct Batch {
    enum Audience {
        case all
        case room(Room)
        case rooms([Room])
    }

    /// As many bytes of frames as one piece has, unless a single frame is larger.
    static let most = 32 << 10

    /// Nil while it is empty.
    private(set) var audience: Audience?
    /// Left out.
    private(set) var sender: WebSocket?
    /// The messages as a server's frames.
    private(set) var frames: [UInt8] = []
    /// The messages, for members whose own end is a client's, which masks each frame by another key.
    private(set) var messages: [WebSocketMessage] = []
    /// The messages compressed, once for all members that look back equally far; nil where none is worth it.
    private var packed: [(by: SharedDeflater, frames: [UInt8]?)] = []

    /// Whether a message for `audience` goes to the members that get this.
    func isFor(_ audience: Audience, except sender: WebSocket?) -> Bool {
        guard self.sender === sender else { return self.audience == nil }
        switch (self.audience, audience) {
        case (.all, .all), (nil, _): return true
        case (.room(let one), .room(let other)): return one === other
        default: return false
        }
    }

    mutating func append(_ message: WebSocketMessage, for audience: Audience, except sender: WebSocket?) {
        self.audience = audience
        self.sender = sender
        let header = FrameHeader(opcode: message.opcode, payloadLength: message.bytes.count)
        // Most batches are one message. Then the array doubles as others come.
        if frames.isEmpty { frames.reserveCapacity(header.frameLength) }
        FrameEncoder.append(message.opcode, message.bytes, to: &frames)
        messages.append(message)
    }

    /// The frames for a server's end with compression: each message that is worth it compressed from an empty window, so
    /// that they are right for all. Nil when none is: then all get the same frames.
    mutating func frames(packedBy deflater: SharedDeflater) -> [UInt8]? {
        if let known = packed.first(where: { $0.by === deflater }) { return known.frames }
        let frames = messages.contains { deflater.suits($0.bytes.count) } ? pack(by: deflater) : nil
        packed.append((deflater, frames))
        return frames
    }

    private func pack(by deflater: SharedDeflater) -> [UInt8] {
        var output: [UInt8] = []
        for message in messages {
            guard deflater.suits(message.bytes.count) else {
                FrameEncoder.append(message.opcode, message.bytes, to: &output)
                continue
            }
            deflater.deflate(message.bytes.span.bytes) { payload, isCompressed in
                let header = FrameHeader(
                    rsv1: isCompressed, opcode: message.opcode, payloadLength: payload.byteCount)
                FrameEncoder.appendHeader(header, to: &output)
                output.append(copying: payload)
            }
        }
        return output
    }
}
