@testable import UVWebSocket

extension FuzzTarget {
    /// Frames as each end reads them, with little allowed, and messages made of them.
    static let frames = FuzzTarget("frames", "frames of WebSockets, as a server and as a client reads them") { bytes in
        for role in [WebSocketRole.server, .client] {
            let whole = Transcript(reading: bytes, role: role, limits: limits)
            for row in Cuts(of: bytes).rows {
                let pieces = Transcript(reading: bytes, cutAt: row, role: role, limits: limits)
                try expect(pieces == whole, "\(role), cut at \(row): \(pieces), and whole: \(whole)")
                try checkMemory(Cuts.pieces(of: bytes, row), role)
            }
            try checkEvents(whole.events)
            try checkWrittenAgain(whole.events, role)
        }
        try checkText(bytes)
    }

    private static let limits = MessageAssembler.Limits(messageSize: 300, fragments: 4)

    /// What a header announces takes no memory.
    private static func checkMemory(_ pieces: [[UInt8]], _ role: WebSocketRole) throws {
        var assembler = MessageAssembler(role: role, limits: limits)
        var arrived = 0
        for piece in pieces {
            var offset = 0
            arrived += piece.count
            do {
                while try assembler.nextEvent(in: piece.span.bytes, at: &offset) != nil {}
            } catch {
                return
            }
            // An array may have some bytes more than were asked for.
            let most = min(2 * arrived, limits.messageSize) + 64
            try expect(assembler.reservedBytes <= most, "\(assembler.reservedBytes) bytes for \(arrived)")
        }
    }

    private static func checkEvents(_ events: [MessageAssembler.Event]) throws {
        for event in events {
            switch event {
            case .message(let opcode, let bytes):
                try expect(bytes.count <= limits.messageSize, "a message of \(bytes.count) bytes")
                try expect(opcode != .text || String(validating: bytes, as: UTF8.self) != nil, "text that is none")
            case .ping(let bytes), .pong(let bytes): try expect(bytes.count <= 125, "\(bytes.count) bytes of control")
            case .close(let code, _): try expect(code?.isSendable ?? true, "closed with \(String(describing: code))")
            case .inflating: throw Finding(description: "inflated, where nothing was agreed on")
            }
        }
    }

    private static func checkWrittenAgain(_ events: [MessageAssembler.Event], _ role: WebSocketRole) throws {
        let mask = role == .server ? Mask(key: 0x01FE_80C3) : nil
        var bytes: [UInt8] = []
        for event in events {
            switch event {
            case .message(let opcode, let content): FrameEncoder.append(opcode, content, mask: mask, to: &bytes)
            case .ping(let content): FrameEncoder.append(.ping, content, mask: mask, to: &bytes)
            case .pong(let content): FrameEncoder.append(.pong, content, mask: mask, to: &bytes)
            case .close(let code, let reason): FrameEncoder.appendClose(code, reason: reason, mask: mask, to: &bytes)
            case .inflating: break
            }
        }
        let again = Transcript(reading: bytes, role: role, limits: limits)
        try expect(again == Transcript(events), "written again it is \(again), and not \(events)")
    }

    /// The bytes as a text: it is judged as Swift's library judges it.
    private static func checkText(_ bytes: [UInt8]) throws {
        let frame = FrameEncoder.encode(.text, bytes)
        let read = Transcript(reading: frame, cutAt: Cuts(of: frame).rows[0], role: .client)
        let isText = String(validating: bytes, as: UTF8.self) != nil
        let expected = isText ? Transcript([.message(.text, bytes)]) : Transcript([], error: .invalidText)
        try expect(read == expected, "\(bytes) is \(isText ? "" : "no ")text, and was read as \(read)")
    }
}
