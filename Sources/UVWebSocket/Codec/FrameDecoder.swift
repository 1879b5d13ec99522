import UVCore

/// Finds the frames in the bytes of one direction of a connection (RFC 6455 section 5.2).
///
///      0               1               2               3
///     +-+-+-+-+-------+-+-------------+-------------------------------+
///     |F|R|R|R|opcode |M| length (7)  | extended length, 0, 2 or 8    |
///     |I|S|S|S|  (4)  |A|             | bytes: 126 announces 2,       |
///     |N|V|V|V|       |S|             | 127 announces 8               |
///     | |1|2|3|       |K|             |                               |
///     +-+-+-+-+-------+-+-------------+-------------------------------+
///     | masking key, 0 or 4 bytes     | payload …                     |
///     +-------------------------------+-------------------------------+
///
/// It is a value: bytes in, offsets out. The bytes may be cut anywhere; of a header it keeps what it has read, of a
/// payload nothing. It judges each frame alone. How frames make a message is for `MessageAssembler`.
package struct FrameDecoder: Sendable {
    package enum Step: Equatable, Sendable {
        case header(FrameHeader)
        /// Where a piece of the payload stands in the given bytes, still masked, and its position in the payload.
        case payload(FrameHeader, Range<Int>, phase: Int)
        case frameEnd(FrameHeader)
        case needMoreBytes
    }

    private enum State {
        case header(PartialHeader)
        case payload(FrameHeader, received: Int)
    }

    private let role: WebSocketRole
    private let allowsRSV1: Bool
    private var state = State.header(PartialHeader())

    /// - Parameters:
    ///   - role: this end; a server wants masked frames, a client unmasked ones.
    ///   - allowsRSV1: an extension that was negotiated gives the bit a meaning on the first frame of a message.
    package init(role: WebSocketRole, allowsRSV1: Bool = false) {
        self.role = role
        self.allowsRSV1 = allowsRSV1
    }

    /// Whether the next byte begins a frame.
    package var isBetweenFrames: Bool {
        if case .header(let partial) = state { partial.isEmpty } else { false }
    }

    /// Reads from `offset`, which it moves, up to the next thing there is to report.
    ///
    /// After an error it cannot know where the next frame begins: the decoder is of no more use.
    package mutating func step(_ bytes: RawSpan, at offset: inout Int) throws(FrameError) -> Step {
        switch state {
        case .header(let partial): try headerStep(partial, bytes, &offset)
        case .payload(let header, let received): payloadStep(header, received, bytes, &offset)
        }
    }

    /// The last `count` bytes of the payload that was reported last come again: `offset` moves back by them.
    mutating func giveBack(_ count: Int, at offset: inout Int) {
        guard case .payload(let header, let received) = state else { return }
        state = .payload(header, received: received &- count)
        offset &-= count
    }

    private mutating func headerStep(
        _ partial: PartialHeader, _ bytes: RawSpan, _ offset: inout Int
    ) throws(FrameError) -> Step {
        var partial = partial
        while offset < bytes.byteCount {
            let byte = bytes.byte(at: offset)
            offset &+= 1
            if let header = try partial.append(byte, role: role, allowsRSV1: allowsRSV1) {
                state = .payload(header, received: 0)
                return .header(header)
            }
        }
        state = .header(partial)
        return .needMoreBytes
    }

    private mutating func payloadStep(
        _ header: FrameHeader, _ received: Int, _ bytes: RawSpan, _ offset: inout Int
    ) -> Step {
        let missing = header.payloadLength &- received
        guard missing > 0 else {
            state = .header(PartialHeader())
            return .frameEnd(header)
        }
        let count = min(missing, bytes.byteCount &- offset)
        guard count > 0 else { return .needMoreBytes }
        let range = offset..<offset &+ count
        offset = range.upperBound
        state = .payload(header, received: received &+ count)
        return .payload(header, range, phase: received & 3)
    }
}
