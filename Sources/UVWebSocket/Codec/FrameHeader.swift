/// The head of a frame, without its payload (RFC 6455 section 5.2).
package struct FrameHeader: Equatable, Sendable {
    /// FIN: the last frame of its message.
    package var isFinal: Bool
    /// RSV1: with permessage-deflate, set on the first frame of a compressed message (RFC 7692 section 6).
    package var rsv1: Bool
    package var opcode: Opcode
    /// Bytes of payload that follow.
    package var payloadLength: Int
    /// Present on every frame from a client, on none from a server.
    package var mask: Mask?

    package init(isFinal: Bool = true, rsv1: Bool = false, opcode: Opcode, payloadLength: Int, mask: Mask? = nil) {
        self.isFinal = isFinal
        self.rsv1 = rsv1
        self.opcode = opcode
        self.payloadLength = payloadLength
        self.mask = mask
    }

    /// Bytes of the whole frame on the wire.
    package var frameLength: Int {
        let extended = payloadLength <= 125 ? 0 : payloadLength <= 0xFFFF ? 2 : 8
        return 2 &+ extended &+ (mask == nil ? 0 : 4) &+ payloadLength
    }

    /// A control frame's payload is at most this long (RFC 6455 section 5.5).
    package static let controlPayloadLimit = 125
}
