@testable import UVWebSocket

extension FuzzTarget {
    /// Frames as each end reads them where messages may be compressed, with little allowed.
    static let packedFrames = FuzzTarget("packed-frames", "compressed frames, as each end reads them") { bytes in
        for role in [WebSocketRole.server, .client] {
            for agreement in DeflateAgreement.tried {
                let limits = limits(agreement.server.windowBits)
                let whole = Transcript(reading: bytes, role: role, limits: limits, deflate: agreement.deflate(as: role))
                for row in Cuts(of: bytes).rows {
                    let pieces = Transcript(
                        reading: bytes, cutAt: row, role: role, limits: limits, deflate: agreement.deflate(as: role))
                    try expect(pieces == whole, "\(role), cut at \(row): \(pieces), and whole: \(whole)")
                }
                try checkSizes(whole.events, limits)
                try checkSentOn(whole.events, agreement, to: role, limits)
            }
        }
    }

    /// No message is longer than the window: zlib takes what looks back further if that has come at once, and not in pieces.
    private static func limits(_ windowBits: Int) -> MessageAssembler.Limits {
        MessageAssembler.Limits(messageSize: min(300, 1 << windowBits), fragments: 4)
    }

    private static func checkSizes(_ events: [MessageAssembler.Event], _ limits: MessageAssembler.Limits) throws {
        for case .message(let opcode, let bytes) in events {
            try expect(bytes.count <= limits.messageSize, "a message of \(bytes.count) bytes")
            try expect(opcode != .text || String(validating: bytes, as: UTF8.self) != nil, "text that is none")
        }
    }

    /// What was said, compressed by the other end, is read as it was said.
    private static func checkSentOn(
        _ events: [MessageAssembler.Event], _ agreement: DeflateAgreement, to role: WebSocketRole,
        _ limits: MessageAssembler.Limits
    ) throws {
        let mask = role == .server ? Mask(key: 0x01FE_80C3) : nil
        let deflater = agreement.deflate(as: role == .server ? .client : .server).deflater
        var messages: [MessageAssembler.Event] = []
        var bytes: [UInt8] = []
        for case .message(let opcode, let content) in events {
            messages.append(.message(opcode, content))
            bytes += deflater.deflate(content.span.bytes) { payload, isCompressed in
                let header = FrameHeader(
                    isFinal: true, rsv1: isCompressed, opcode: opcode, payloadLength: payload.byteCount, mask: mask)
                return FrameEncoder.encode(header, payload)
            }
        }
        let again = Transcript(reading: bytes, role: role, limits: limits, deflate: agreement.deflate(as: role))
        try expect(again == Transcript(messages), "sent on it is \(again), and not \(messages)")
    }
}

extension DeflateAgreement {
    /// The whole window, which every message may refer to, and the smallest one, anew for each.
    fileprivate static let tried: [DeflateAgreement] = [(15, true), (8, false)].map { windowBits, takesContextOver in
        var agreement = DeflateAgreement()
        agreement.server.windowBits = windowBits
        agreement.server.takesContextOver = takesContextOver
        agreement.client = agreement.server
        return agreement
    }

    fileprivate func deflate(as role: WebSocketRole) -> MessageDeflate {
        MessageDeflate(self, as: role, SharedDeflaters(PerMessageDeflate()))
    }
}
