import Testing

@testable import UVCore

@Suite("Memory that is written over")
struct OverwritingTests {
    @Test("What is written begins where it is told to, whatever stood there, and the memory grows as it has to")
    func overwrite() {
        var memory: [UInt8] = []
        for round in 0..<3 {
            var (end, expected) = (0, [UInt8]())
            for length in [0, 1, 7, 255, 256, 257, 3_000] {
                let bytes = [UInt8](repeating: UInt8(length % 200 + round), count: length)
                end = memory.overwrite(from: end, room: length + 5) { $0.append(copying: bytes.span.bytes) }
                expected += bytes
                #expect(end == expected.count && Array(memory[..<end]) == expected)
            }
        }
    }

    @Test("Less may be written than there is room for")
    func room() {
        var memory: [UInt8] = [1, 2, 3]
        let end = memory.overwrite(from: 1, room: 100) { $0.append(9) }
        #expect(end == 2 && Array(memory[..<3]) == [1, 9, 3] && memory.count >= 101)
    }
}
