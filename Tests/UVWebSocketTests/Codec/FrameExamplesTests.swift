import Testing
import UVWebSocket

/// An example of RFC 6455 section 5.7.
struct FrameExample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let headers: [FrameHeader]
    let payloads: [[UInt8]]
    let event: MessageAssembler.Event

    static let mask = Mask(key: 0x37FA_213D)
    static let hello = Array("Hello".utf8)

    static let all: [FrameExample] = [
        .init(
            testDescription: "A single-frame unmasked text message",
            bytes: [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F],
            headers: [.init(opcode: .text, payloadLength: 5)], payloads: [hello], event: .message(.text, hello)),
        .init(
            testDescription: "A single-frame masked text message",
            bytes: [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58],
            headers: [.init(opcode: .text, payloadLength: 5, mask: mask)], payloads: [hello],
            event: .message(.text, hello)),
        .init(
            testDescription: "A fragmented unmasked text message",
            bytes: [0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F],
            headers: [
                .init(isFinal: false, opcode: .text, payloadLength: 3), .init(opcode: .continuation, payloadLength: 2),
            ], payloads: [Array("Hel".utf8), Array("lo".utf8)], event: .message(.text, hello)),
        .init(
            testDescription: "An unmasked ping",
            bytes: [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F],
            headers: [.init(opcode: .ping, payloadLength: 5)], payloads: [hello], event: .ping(hello)),
        .init(
            testDescription: "Its masked pong",
            bytes: [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58],
            headers: [.init(opcode: .pong, payloadLength: 5, mask: mask)], payloads: [hello], event: .pong(hello)),
        .init(
            testDescription: "256 bytes of binary in one unmasked frame",
            bytes: [0x82, 0x7E, 0x01, 0x00] + [UInt8](repeating: 7, count: 256),
            headers: [.init(opcode: .binary, payloadLength: 256)], payloads: [[UInt8](repeating: 7, count: 256)],
            event: .message(.binary, [UInt8](repeating: 7, count: 256))),
        .init(
            testDescription: "64 KiB of binary in one unmasked frame",
            bytes: [0x82, 0x7F, 0, 0, 0, 0, 0, 0x01, 0, 0] + [UInt8](repeating: 7, count: 65_536),
            headers: [.init(opcode: .binary, payloadLength: 65_536)],
            payloads: [[UInt8](repeating: 7, count: 65_536)],
            event: .message(.binary, [UInt8](repeating: 7, count: 65_536))),
    ]

    var role: WebSocketRole { headers[0].mask == nil ? .client : .server }
}

@Suite("The examples of RFC 6455 section 5.7")
struct FrameExamplesTests {
    @Test("An example is encoded byte for byte", arguments: FrameExample.all)
    func encode(example: FrameExample) {
        var bytes: [UInt8] = []
        for (header, payload) in zip(example.headers, example.payloads) {
            FrameEncoder.append(header.opcode, payload, mask: header.mask, isFinal: header.isFinal, to: &bytes)
        }
        #expect(bytes == example.bytes)
    }

    @Test("An example's headers are decoded field for field", arguments: FrameExample.all)
    func decode(example: FrameExample) throws {
        var decoder = FrameDecoder(role: example.role)
        var headers: [FrameHeader] = []
        var offset = 0
        reading: while true {
            switch try decoder.step(example.bytes.span.bytes, at: &offset) {
            case .header(let header): headers.append(header)
            case .payload, .frameEnd: continue
            case .needMoreBytes: break reading
            }
        }
        #expect(headers == example.headers)
    }

    @Test("An example is assembled to its event", arguments: FrameExample.all)
    func assemble(example: FrameExample) {
        #expect(Transcript(reading: example.bytes, role: example.role) == Transcript([example.event]))
    }
}
