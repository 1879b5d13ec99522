import Testing
import UVWebSocket

@Suite("What RFC 6455 forbids")
struct FrameErrorTests {
    @Test("A broken rule is named, and its neighbour is kept", arguments: Violation.all)
    func neighbours(violation: Violation) {
        let refused = Transcript(reading: violation.refused, role: violation.role, limits: violation.limits)
        let accepted = Transcript(reading: violation.accepted, role: violation.role, limits: violation.limits)
        #expect(refused == Transcript(violation.before, error: violation.error))
        #expect(accepted == Transcript(violation.events))
    }

    @Test("Cut at any byte, and byte by byte, the same is said", arguments: Violation.all)
    func cuts(violation: Violation) {
        for bytes in [violation.refused, violation.accepted] {
            let whole = Transcript(reading: bytes, role: violation.role, limits: violation.limits)
            // The first and the last bytes of a long payload are as good as all of them.
            for cut in bytes.indices where cut < 150 || cut > bytes.count - 150 {
                let halves = Transcript(
                    reading: bytes, cutAt: [cut], role: violation.role, limits: violation.limits)
                #expect(halves == whole, "cut at \(cut)")
            }
            let drops = Transcript(
                reading: bytes, cutAt: bytes.indices, role: violation.role, limits: violation.limits)
            #expect(drops == whole)
        }
    }

    @Test("The close code tells the kind of error")
    func closeCodes() {
        for error in Violation.all.map(\.error) {
            let expected: CloseCode =
                switch error {
                case .messageTooBig, .tooManyFragments: .messageTooBig
                case .invalidText, .invalidCloseReason: .invalidPayload
                default: .protocolError
                }
            #expect(error.closeCode == expected)
            #expect(error.closeCode.isSendable)
        }
    }

    @Test("Every message fits in a close frame")
    func messages() {
        for error in Violation.all.map(\.error) {
            #expect((1...123).contains(error.message.utf8.count))
        }
    }

    @Test("After an error the assembler repeats it, whatever comes")
    func sticky() {
        var assembler = MessageAssembler(role: .client)
        for bytes: [UInt8] in [[0x85], [0x89, 0], [0x88, 0], []] {
            var offset = 0
            #expect(throws: FrameError.reservedOpcode(5)) {
                try assembler.nextEvent(in: bytes.span.bytes, at: &offset)
            }
        }
    }

    @Test("4,096 fragments make a message and 4,097 do not, though they are empty", arguments: [4096, 4097])
    func fragmentLimit(count: Int) {
        let inner = Array(repeating: FrameEncoder.masked(.continuation, [], isFinal: false), count: count - 2).joined()
        let bytes =
            FrameEncoder.masked(.text, [], isFinal: false) + inner + FrameEncoder.masked(.continuation, [])
        let expected: Transcript =
            count == 4096 ? .init([.message(.text, [])]) : .init([], error: .tooManyFragments)
        #expect(Transcript(reading: bytes) == expected)
    }

    @Test("A message over the limit is refused by its header, before any of its payload")
    func refusedByHeader() {
        var header: [UInt8] = []
        let announced = FrameHeader(opcode: .text, payloadLength: 1 << 20 + 1, mask: Mask(key: 1))
        FrameEncoder.appendHeader(announced, to: &header)
        #expect(Transcript(reading: header) == Transcript([], error: .messageTooBig))
    }
}
