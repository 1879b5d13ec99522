import SeededRandom
import Testing
import UVWebSocket

@Suite("Bytes that nobody meant")
struct FrameFuzzTests {
    /// A quarter of 100,000 inputs each.
    @Test("Any bytes, whole or in pieces, are judged alike and never trap", arguments: [11, 12, 13, 14])
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<25_000 {
            let role: WebSocketRole = Bool.random(using: &generator) ? .server : .client
            let bytes = stream(for: role, &generator)
            let limits = MessageAssembler.Limits(messageSize: 300, fragments: 4)
            let cuts = (0..<Int.random(in: 1..<6, using: &generator))
                .map { _ in Int.random(in: 0...bytes.count, using: &generator) }.sorted()
            let whole = Transcript(reading: bytes, role: role, limits: limits)
            let pieces = Transcript(reading: bytes, cutAt: cuts, role: role, limits: limits)
            guard whole != pieces else { continue }
            Issue.record("seed \(seed), round \(round), cut at \(cuts): \(bytes)")
        }
    }

    @Test("A decoder that is used on after an error does not trap either", arguments: [21, 22])
    func usedOn(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var decoder = FrameDecoder(role: .server)
        for _ in 0..<5000 {
            let bytes = stream(for: .server, &generator)
            var offset = 0
            while true {
                guard let step = try? decoder.step(bytes.span.bytes, at: &offset) else { continue }
                guard step != .needMoreBytes else { break }
            }
            #expect(offset == bytes.count)
        }
    }

    /// Some frames, mostly right, so that what comes after a mistake is seldom lost behind it.
    private func stream(for role: WebSocketRole, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        var isInsideMessage = false
        for _ in 0..<Int.random(in: 1..<9, using: &generator) {
            let opcode = opcode(isInsideMessage: isInsideMessage, &generator)
            let isFinal = opcode.isControl || oneIn(2, &generator)
            isInsideMessage = opcode.isControl ? isInsideMessage : !isFinal
            let mask = role == .server ? Mask(key: UInt32.random(in: 0 ... .max, using: &generator)) : nil
            FrameEncoder.append(opcode, payload(of: opcode, &generator), mask: mask, isFinal: isFinal, to: &bytes)
        }
        if oneIn(3, &generator) {
            let index = Int.random(in: bytes.indices, using: &generator)
            bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        }
        if oneIn(4, &generator) {
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
        }
        return bytes
    }

    private func opcode(isInsideMessage: Bool, _ generator: inout SeededGenerator) -> Opcode {
        if oneIn(20, &generator) { return .close }
        if oneIn(4, &generator) { return oneIn(2, &generator) ? .ping : .pong }
        if isInsideMessage != oneIn(20, &generator) { return .continuation }
        return oneIn(3, &generator) ? .binary : .text
    }

    private func payload(of opcode: Opcode, _ generator: inout SeededGenerator) -> [UInt8] {
        if opcode == .close {
            return Array([[], [3], [3, 0xE8, 0xC3, 0xA9], [3, 0xED]].randomElement(using: &generator) ?? [])
        }
        let length = Int.random(in: 0..<(opcode.isControl ? 126 : oneIn(2, &generator) ? 8 : 160), using: &generator)
        if oneIn(4, &generator) { return generator.bytes(length) }
        return Array(String(repeating: "é", count: length / 2).utf8)
    }

    private func oneIn(_ count: Int, _ generator: inout SeededGenerator) -> Bool {
        Int.random(in: 0..<count, using: &generator) == 0
    }
}
