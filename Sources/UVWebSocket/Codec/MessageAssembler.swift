/// Makes messages of frames: unmasks, joins fragments, checks text, and lets control frames through in between
/// (RFC 6455 sections 5.4 to 5.6).
///
/// It holds the message under way and nothing else, and takes memory for bytes that have arrived, not for bytes that a
/// header announces.
///
///     var offset = 0
///     while let event = try assembler.nextEvent(in: bytes, at: &offset) { … }
package struct MessageAssembler: Sendable {
    package enum Event: Sendable {
        /// A whole message, `.text` or `.binary`. Text has been found to be UTF-8.
        case message(Opcode, [UInt8])
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
        case open
        case closed
        case failed(FrameError)
    }

    private let limits: Limits
    private var state = State.open
    private var decoder: FrameDecoder
    private var message: PartialMessage?
    private var control: [UInt8] = []

    /// - Parameter role: this end of the connection.
    package init(role: WebSocketRole, limits: Limits = Limits()) {
        self.limits = limits
        decoder = FrameDecoder(role: role)
    }

    /// Memory taken for the message under way, in bytes.
    package var reservedBytes: Int { message?.bytes.capacity ?? 0 }

    /// Reads from `offset`, which it moves, up to the next event; `nil` when the bytes do not hold one more.
    ///
    /// After a close frame whatever follows is discarded (RFC 6455 section 5.5.1). After an error every call throws it.
    /// - Complexity: O(bytes read).
    package mutating func nextEvent(in bytes: RawSpan, at offset: inout Int) throws(FrameError) -> Event? {
        switch state {
        case .open: break
        case .failed(let error): throw error
        case .closed:
            offset = bytes.byteCount
            return nil
        }
        do {
            return try readEvent(in: bytes, at: &offset)
        } catch {
            state = .failed(error)
            message = nil
            throw error
        }
    }

    private mutating func readEvent(in bytes: RawSpan, at offset: inout Int) throws(FrameError) -> Event? {
        while true {
            switch try decoder.step(bytes, at: &offset) {
            case .header(let header):
                try begin(header)
            case .payload(let header, let range, let phase):
                try take(bytes.extracting(range), of: header, phase: phase)
            case .frameEnd(let header):
                if let event = try end(header) { return event }
            case .needMoreBytes:
                return nil
            }
        }
    }
}

// MARK: - One frame

extension MessageAssembler {
    private mutating func begin(_ header: FrameHeader) throws(FrameError) {
        switch header.opcode {
        case .close, .ping, .pong:
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
            mask.append(payload, phase: phase, to: &control)
        } else {
            try message?.append(payload, mask: mask, phase: phase)
        }
    }

    private mutating func end(_ header: FrameHeader) throws(FrameError) -> Event? {
        switch header.opcode {
        case .text, .binary, .continuation: return header.isFinal ? try endMessage() : nil
        case .ping: return .ping(takeControl())
        case .pong: return .pong(takeControl())
        case .close: return try close(takeControl())
        }
    }

    private mutating func endMessage() throws(FrameError) -> Event? {
        guard let message = message.take() else { return nil }
        guard message.isComplete else { throw .invalidText }
        return .message(message.opcode, message.bytes)
    }

    private mutating func takeControl() -> [UInt8] {
        defer { control = [] }
        return control
    }

    /// The payload is empty, or a code of two bytes and a reason in UTF-8 (section 5.5.1).
    private mutating func close(_ payload: [UInt8]) throws(FrameError) -> Event {
        state = .closed
        message = nil
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
        case (.ping(let bytes), .ping(let otherBytes)), (.pong(let bytes), .pong(let otherBytes)):
            bytes == otherBytes
        case (.close(let code, let reason), .close(let otherCode, let otherReason)):
            code == otherCode && reason.utf8.elementsEqual(otherReason.utf8)
        default: false
        }
    }
}
