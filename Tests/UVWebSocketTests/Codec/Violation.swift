import Testing
import UVWebSocket

/// A rule broken, and beside it the nearest bytes that keep it.
struct Violation: Sendable, CustomTestStringConvertible {
    let error: FrameError
    let refused: [UInt8]
    let accepted: [UInt8]
    let events: [MessageAssembler.Event]
    var before: [MessageAssembler.Event] = []
    var role = WebSocketRole.client
    var limits = MessageAssembler.Limits(messageSize: 1000, fragments: 3)

    var testDescription: String { "\(error)" }

    private static let hi = Array("hi".utf8)
    private static let text = MessageAssembler.Event.message(.text, hi)
    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
    private static func binary(_ count: Int) -> MessageAssembler.Event { .message(.binary, zeros(count)) }

    static let all = headers + lengths + messages + texts + closes

    static let headers: [Violation] = [
        .init(error: .reservedBitSet, refused: [0xC1, 2] + hi, accepted: [0x81, 2] + hi, events: [text]),
        .init(error: .reservedBitSet, refused: [0xA1, 2] + hi, accepted: [0x81, 2] + hi, events: [text]),
        .init(error: .reservedBitSet, refused: [0x91, 2] + hi, accepted: [0x81, 2] + hi, events: [text]),
        .init(error: .reservedOpcode(3), refused: [0x83, 0], accepted: [0x82, 0], events: [binary(0)]),
        .init(
            error: .reservedOpcode(7), refused: [0x87, 0], accepted: [0x88, 0], events: [.close(code: nil, reason: "")]),
        .init(error: .reservedOpcode(11), refused: [0x8B, 0], accepted: [0x8A, 0], events: [.pong([])]),
        .init(error: .reservedOpcode(15), refused: [0x8F, 0], accepted: [0x89, 0], events: [.ping([])]),
        .init(error: .fragmentedControlFrame, refused: [0x09, 0], accepted: [0x89, 0], events: [.ping([])]),
        .init(error: .fragmentedControlFrame, refused: [0x0A, 0], accepted: [0x8A, 0], events: [.pong([])]),
        .init(
            error: .fragmentedControlFrame, refused: [0x08, 0], accepted: [0x88, 0],
            events: [.close(code: nil, reason: "")]),
        .init(
            error: .unmaskedFrame, refused: FrameEncoder.encode(.text, hi), accepted: FrameEncoder.masked(.text, hi),
            events: [text], role: .server),
        .init(
            error: .maskedFrame, refused: FrameEncoder.masked(.text, hi), accepted: FrameEncoder.encode(.text, hi),
            events: [text]),
    ]

    static let lengths: [Violation] = [
        .init(
            error: .controlFrameTooLong, refused: [0x89, 126, 0, 126] + zeros(126), accepted: [0x89, 125] + zeros(125),
            events: [.ping(zeros(125))]),
        .init(
            error: .nonMinimalLength, refused: [0x82, 126, 0, 125] + zeros(125),
            accepted: [0x82, 126, 0, 126] + zeros(126), events: [binary(126)]),
        .init(
            error: .nonMinimalLength, refused: [0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] + zeros(65_535),
            accepted: [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0] + zeros(65_536), events: [binary(65_536)],
            limits: .init(messageSize: 65_536)),
        .init(
            error: .lengthOutOfRange, refused: [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0],
            accepted: [0x82, 127, 0x7F, 0, 0, 0, 0, 0, 0, 0], events: [], limits: .init(messageSize: .max)),
        .init(
            error: .messageTooBig, refused: FrameEncoder.encode(.binary, zeros(1001)),
            accepted: FrameEncoder.encode(.binary, zeros(1000)), events: [binary(1000)]),
        .init(
            error: .messageTooBig, refused: [0x82, 127, 0x7F, 0, 0, 0, 0, 0, 0, 0],
            accepted: [0x82, 126, 0x03, 0xE8], events: []),
        .init(
            error: .messageTooBig,
            refused: FrameEncoder.encode(.binary, zeros(600), isFinal: false)
                + FrameEncoder.encode(.continuation, zeros(401)),
            accepted: FrameEncoder.encode(.binary, zeros(600), isFinal: false)
                + FrameEncoder.encode(.continuation, zeros(400)), events: [binary(1000)]),
    ]

    static let messages: [Violation] = [
        .init(error: .unexpectedContinuation, refused: [0x80, 0], accepted: [0x02, 0, 0x80, 0], events: [binary(0)]),
        .init(
            error: .unexpectedContinuation, refused: [0x02, 0, 0x80, 0, 0x80, 0],
            accepted: [0x02, 0, 0x00, 0, 0x80, 0], events: [binary(0)], before: [binary(0)]),
        .init(
            error: .expectedContinuation, refused: [0x02, 0, 0x82, 0], accepted: [0x02, 0, 0x80, 0],
            events: [binary(0)]),
        .init(
            error: .expectedContinuation, refused: [0x01, 2] + hi + [0x81, 2] + hi,
            accepted: [0x01, 2] + hi + [0x89, 0, 0x80, 0], events: [.ping([]), text]),
        .init(
            error: .tooManyFragments, refused: [0x02, 0, 0x00, 0, 0x00, 0, 0x80, 0],
            accepted: [0x02, 0, 0x00, 0, 0x80, 0], events: [binary(0)]),
    ]

    static let texts: [Violation] = [
        .init(
            error: .invalidText, refused: [0x81, 2, 0xC0, 0x80], accepted: [0x81, 2, 0xC2, 0x80],
            events: [.message(.text, [0xC2, 0x80])]),
        .init(
            error: .invalidText, refused: [0x81, 3, 0xED, 0xA0, 0x80], accepted: [0x81, 3, 0xED, 0x9F, 0x80],
            events: [.message(.text, [0xED, 0x9F, 0x80])]),
        .init(
            error: .invalidText, refused: [0x81, 1, 0xC3], accepted: [0x82, 1, 0xC3],
            events: [.message(.binary, [0xC3])]),
        .init(
            error: .invalidText, refused: [0x01, 1, 0xC3, 0x80, 0], accepted: [0x01, 1, 0xC3, 0x80, 1, 0xA9],
            events: [.message(.text, Array("é".utf8))]),
    ]

    static let closes: [Violation] = [
        .init(
            error: .truncatedCloseCode, refused: [0x88, 1, 3], accepted: [0x88, 2, 3, 0xE8],
            events: [.close(code: .normal, reason: "")]),
        .init(
            error: .invalidCloseCode(.init(rawValue: 999)), refused: [0x88, 2, 3, 0xE7], accepted: [0x88, 2, 3, 0xE8],
            events: [.close(code: .normal, reason: "")]),
        .init(
            error: .invalidCloseCode(.noStatusReceived), refused: [0x88, 2, 3, 0xED], accepted: [0x88, 0],
            events: [.close(code: nil, reason: "")]),
        .init(
            error: .invalidCloseReason, refused: [0x88, 3, 3, 0xE9, 0xFF], accepted: [0x88, 3, 3, 0xE9, 0x7E],
            events: [.close(code: .goingAway, reason: "~")]),
        .init(
            error: .invalidCloseReason, refused: [0x88, 3, 3, 0xE9, 0xC3], accepted: [0x88, 4, 3, 0xE9, 0xC3, 0xA9],
            events: [.close(code: .goingAway, reason: "é")]),
    ]
}
