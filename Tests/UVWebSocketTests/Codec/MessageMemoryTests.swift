import Testing
import UVWebSocket

@Suite("The memory of a message under way")
struct MessageMemoryTests {
    private static let size = 16 << 20
    private static let limits = MessageAssembler.Limits(messageSize: size)

    @Test("16 MiB announced but not sent take no memory")
    func announced() throws {
        var bytes: [UInt8] = []
        let header = FrameHeader(opcode: .binary, payloadLength: Self.size, mask: Mask(key: 1))
        FrameEncoder.appendHeader(header, to: &bytes)
        var assembler = MessageAssembler(role: .server, limits: Self.limits)
        try read(bytes, &assembler)
        #expect(assembler.reservedBytes == 0)
        try read([UInt8](repeating: 0, count: 1000), &assembler)
        #expect(assembler.reservedBytes < 2048)
    }

    @Test("A message that arrives takes at most twice its bytes, and in the end just them")
    func arriving() throws {
        // Doubling alone would overshoot this by a third.
        let message = [UInt8](repeating: 0x61, count: 12 << 20)
        let frame = FrameEncoder.encode(.text, message)
        var assembler = MessageAssembler(role: .client, limits: Self.limits)
        var start = 0
        var arrived: MessageAssembler.Event?
        while start < frame.count {
            let end = min(start + 65_536, frame.count)
            arrived = try read(Array(frame[start..<end]), &assembler)
            #expect(assembler.reservedBytes <= 2 * end + 4096)
            start = end
        }
        guard case .message(.text, let bytes) = arrived else {
            Issue.record("no message")
            return
        }
        #expect(bytes == message)
        #expect(bytes.capacity < message.count + 8192)
        #expect(assembler.reservedBytes == 0)
    }

    @Test("After an error nothing is kept")
    func afterError() {
        var assembler = MessageAssembler(role: .client)
        #expect(throws: FrameError.reservedOpcode(15)) {
            try read(FrameEncoder.encode(.binary, [1, 2, 3], isFinal: false) + [0xFF & 0x8F], &assembler)
        }
        #expect(assembler.reservedBytes == 0)
    }

    @discardableResult
    private func read(_ bytes: [UInt8], _ assembler: inout MessageAssembler) throws(FrameError) -> MessageAssembler
        .Event?
    {
        var offset = 0
        return try assembler.nextEvent(in: bytes.span.bytes, at: &offset)
    }
}
