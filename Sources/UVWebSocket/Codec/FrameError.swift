/// A rule of RFC 6455 that the peer broke, or a limit that it went over. The connection cannot go on.
package enum FrameError: Error, Hashable, Sendable {
    /// RSV2 or RSV3, or RSV1 where no extension gives it a meaning (section 5.2).
    case reservedBitSet
    case reservedOpcode(UInt8)
    case fragmentedControlFrame
    /// A control frame with more than 125 bytes (section 5.5).
    case controlFrameTooLong
    /// A length written in more bytes than it needs (section 5.2).
    case nonMinimalLength
    /// A 64-bit length of 2^63 or more (section 5.2).
    case lengthOutOfRange
    /// A client must mask every frame (section 5.1).
    case unmaskedFrame
    /// A server must mask none (section 5.1).
    case maskedFrame
    /// A continuation frame, but no message had begun (section 5.4).
    case unexpectedContinuation
    /// A new text or binary frame before the message that is under way had ended (section 5.4).
    case expectedContinuation
    case messageTooBig
    case tooManyFragments
    /// What a compressed message's frames carry is not of deflate, or refers to what was not there (RFC 7692 section 7.2.2).
    case invalidDeflate
    /// There is no memory to inflate a message.
    case noMemory
    /// A text message that is not UTF-8 (section 8.1).
    case invalidText
    /// A close frame with a payload of one byte, where the code takes two (section 5.5.1).
    case truncatedCloseCode
    /// A number that may not appear on the wire (section 7.4).
    case invalidCloseCode(CloseCode)
    /// A close reason that is not UTF-8 (section 5.5.1).
    case invalidCloseReason

    /// The code of the close frame that answers this error (section 7.4.1).
    package var closeCode: CloseCode {
        switch self {
        case .messageTooBig, .tooManyFragments: .messageTooBig
        case .invalidText, .invalidCloseReason, .invalidDeflate: .invalidPayload
        case .noMemory: .internalError
        default: .protocolError
        }
    }

    /// One line for the close frame's reason and for the log. It holds nothing that the peer wrote but numbers.
    package var message: String {
        switch self {
        case .reservedBitSet: "A reserved bit is set"
        case .reservedOpcode(let opcode): "Opcode \(opcode) is reserved"
        case .fragmentedControlFrame: "A control frame is fragmented"
        case .controlFrameTooLong: "A control frame is longer than \(FrameHeader.controlPayloadLimit) bytes"
        case .nonMinimalLength: "The payload length is not in its shortest form"
        case .lengthOutOfRange: "The payload length does not fit in 63 bits"
        case .unmaskedFrame: "A frame from the client is not masked"
        case .maskedFrame: "A frame from the server is masked"
        case .unexpectedContinuation: "A continuation frame without a message"
        case .expectedContinuation: "A new message begins inside a fragmented one"
        case .messageTooBig: "The message is too big"
        case .tooManyFragments: "The message has too many fragments"
        case .invalidDeflate: "A compressed message cannot be inflated"
        case .noMemory: "There is no memory for the message"
        case .invalidText: "A text message is not UTF-8"
        case .truncatedCloseCode: "A close frame has a payload of one byte"
        case .invalidCloseCode(let code): "Close code \(code.rawValue) must not be sent"
        case .invalidCloseReason: "A close reason is not UTF-8"
        }
    }
}
