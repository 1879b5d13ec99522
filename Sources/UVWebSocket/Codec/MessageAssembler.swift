import UVCore

/// Makes messages of frames: unmasks, joins fragments, checks text, and lets control frames through in between
/// (RFC 6455 sections 5.4 to 5.6).
///
/// ```
/// frame that lies in the bytes whole ────────► event        most do, and nothing is kept of them
/// part of a frame, or of a message ─► unfinished ─► event   kept until the rest has come
/// compressed ───────────────────────► unfinished ─► event   inflated as it comes, up to the limit
/// ```
///
/// It takes memory for bytes that have arrived, not for bytes that a header announces.
///
///     var offset = 0
///     while let event = try assembler.nextEvent(in: bytes, at: &offset) { … }
package struct MessageAssembler {
    package enum Event: Sendable {
        /// A whole message, `.text` or `.binary`. Text has been found to be UTF-8.
        case message(Opcode, [UInt8])
        /// A part of a compressed message was inflated. It goes on at the offset, so that others may be heard in between.
        case inflating
        case ping([UInt8])
        case pong([UInt8])
        /// The peer is closing. No code: its close frame had none.
        case close(code: CloseCode?, reason: String)
    }

    package struct Limits: Sendable {
        /// Bytes of one message, all its fragments together.
        package var messageSize: Int
        /// Frames of one message, the empty ones too.
        package var fragments: Int

        package init(messageSize: Int = 1 << 20, fragments: Int = 4096) {
            self.messageSize = messageSize
            self.fragments = fragments
        }
    }

    private enum State {
        /// Between two messages, and between two frames.
        case idle
        indirect case underWay(UnfinishedMessage)
        case closed
        case failed(FrameError)
    }

    /// This end of the connection.
    package let role: WebSocketRole
    private let limits: Limits
    private var state = State.idle
    /// Nil where no message is compressed.
    package let deflate: MessageDeflate?

    /// - Parameters:
    ///   - role: this end of the connection.
    ///   - deflate: what was agreed on for compressed messages.
    package init(role: WebSocketRole, limits: Limits = Limits(), deflate: MessageDeflate? = nil) {
        self.role = role
        self.limits = limits
        self.deflate = deflate
    }

    /// Memory taken for the message under way, in bytes.
    package var reservedBytes: Int {
        if case .underWay(let message) = state { message.reservedBytes } else { 0 }
    }

    /// Bytes that are kept of the message under way; they take twice as much memory at most.
    package var keptBytes: Int {
        if case .underWay(let message) = state { message.keptBytes } else { 0 }
    }

    /// Drops what was kept. What comes is discarded, as behind a close frame.
    package mutating func giveUp() { state = .closed }

    /// Reads from `offset`, which it moves, up to the next event; `nil` when the bytes do not hold one more.
    ///
    /// After a close frame whatever follows is discarded (RFC 6455 section 5.5.1). After an error every call throws it.
    /// - Complexity: O(bytes read).
    package mutating func nextEvent(in bytes: RawSpan, at offset: inout Int) throws(FrameError) -> Event? {
        do throws(FrameError) {
            let event = try readEvent(in: bytes, at: &offset)
            if case .close = event { state = .closed }
            return event
        } catch {
            state = .failed(error)
            throw error
        }
    }

    private mutating func readEvent(in bytes: RawSpan, at offset: inout Int) throws(FrameError) -> Event? {
        var unfinished: UnfinishedMessage
        switch state {
        case .idle:
            if let event = try readWholeFrame(in: bytes, at: &offset) { return event }
            guard offset < bytes.byteCount else { return nil }
            unfinished = UnfinishedMessage(role: role, allowsRSV1: deflate != nil)
        case .underWay(let message):
            unfinished = message
        case .failed(let error):
            throw error
        case .closed:
            offset = bytes.byteCount
            return nil
        }
        // What has come has one owner now, so that it is not copied when more is added to it.
        state = .idle
        let event = try unfinished.nextEvent(in: bytes, at: &offset, within: limits, deflate?.inflater)
        if !unfinished.isEmpty { state = .underWay(unfinished) }
        return event
    }

    /// The event of a frame that begins at `offset`, if the whole of it is there and it is a whole message or a control
    /// frame; otherwise nothing is read.
    private func readWholeFrame(in bytes: RawSpan, at offset: inout Int) throws(FrameError) -> Event? {
        guard let (header, start) = try readWholeHeader(in: bytes, from: offset), header.isFinal,
            header.opcode != .continuation, !header.rsv1, header.payloadLength <= bytes.byteCount &- start
        else { return nil }
        offset = start &+ header.payloadLength
        var message = PartialMessage(header)
        if !header.opcode.isControl { try message.begin(header, within: limits) }
        try message.append(bytes.extracting(start..<offset), mask: header.mask ?? .none, phase: 0)
        return try Event(message)
    }

    /// The header that begins at `start`, if the whole of it is there, and the offset behind it.
    private func readWholeHeader(
        in bytes: RawSpan, from start: Int
    ) throws(FrameError) -> (FrameHeader, end: Int)? {
        if let short = try FrameHeader.readShort(bytes, from: start, role, allowsRSV1: deflate != nil) {
            return short
        }
        var partial = PartialHeader()
        for offset in start..<bytes.byteCount {
            guard let header = try partial.append(bytes.byte(at: offset), role: role, allowsRSV1: deflate != nil)
            else { continue }
            return (header, offset &+ 1)
        }
        return nil
    }
}

// MARK: - What whole frames mean

extension MessageAssembler.Event {
    /// The event of a message, or of a control frame, that has come whole.
    init(_ message: PartialMessage) throws(FrameError) {
        switch message.opcode {
        case .ping: self = .ping(message.bytes)
        case .pong: self = .pong(message.bytes)
        case .close: self = try Self.close(message.bytes)
        case .text, .binary, .continuation:
            guard message.isComplete else { throw .invalidText }
            self = .message(message.opcode, message.bytes)
        }
    }

    /// The payload is empty, or a code of two bytes and a reason in UTF-8 (section 5.5.1).
    private static func close(_ payload: [UInt8]) throws(FrameError) -> Self {
        guard !payload.isEmpty else { return .close(code: nil, reason: "") }
        guard payload.count >= 2 else { throw .truncatedCloseCode }
        let code = CloseCode(rawValue: UInt16(payload[0]) &<< 8 | UInt16(payload[1]))
        guard code.isSendable else { throw .invalidCloseCode(code) }
        var text = UTF8Validator()
        guard text.append(payload.span.bytes.extracting(droppingFirst: 2)), text.isComplete else {
            throw .invalidCloseReason
        }
        return .close(code: code, reason: String(decoding: payload[2...], as: UTF8.self))
    }
}

extension MessageAssembler.Event: Equatable {
    /// Whether both are the same event. A reason is compared as the bytes that came.
    package static func == (one: Self, other: Self) -> Bool {
        switch (one, other) {
        case (.message(let opcode, let bytes), .message(let otherOpcode, let otherBytes)):
            opcode == otherOpcode && bytes == otherBytes
        case (.inflating, .inflating): true
        case (.ping(let bytes), .ping(let otherBytes)), (.pong(let bytes), .pong(let otherBytes)):
            bytes == otherBytes
        case (.close(let code, let reason), .close(let otherCode, let otherReason)):
            code == otherCode && reason.utf8.elementsEqual(otherReason.utf8)
        default: false
        }
    }
}
