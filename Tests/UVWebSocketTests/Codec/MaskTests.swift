import SeededRandom
import Testing
import UVWebSocket

@Suite("Masking")
struct MaskTests {
    static let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
    static let mask = Mask(key: 0x37FA_213D)

    private static func naive(_ bytes: some Collection<UInt8>, phase: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in byte ^ key[(index + phase) % 4] }
    }

    @Test("In place, it agrees with the naive loop at every alignment, length and phase", arguments: 0..<16)
    func inPlace(alignment: Int) {
        var generator = SeededGenerator(seed: UInt64(alignment))
        for length in 0..<100 {
            let original = generator.bytes(alignment + length)
            for phase in 0..<4 {
                var bytes = original
                Self.mask.apply(to: &bytes, from: alignment, phase: phase)
                #expect(bytes == original[..<alignment] + Self.naive(original[alignment...], phase: phase))
            }
        }
    }

    @Test("Appending, it agrees with the naive loop at every alignment, length and phase", arguments: 0..<16)
    func appending(alignment: Int) {
        var generator = SeededGenerator(seed: UInt64(alignment))
        for length in 0..<100 {
            let source = generator.bytes(alignment + length)
            for phase in 0..<4 {
                var target = generator.bytes(15 - alignment)
                let expected = target + Self.naive(source[alignment...], phase: phase)
                Self.mask.append(source.span.bytes.extracting(droppingFirst: alignment), phase: phase, to: &target)
                #expect(target == expected)
            }
        }
    }

    @Test("Masking twice gives back what was there")
    func twice() {
        var generator = SeededGenerator(seed: 1)
        let original = generator.bytes(1000)
        var bytes = original
        Self.mask.apply(to: &bytes)
        #expect(bytes != original)
        Self.mask.apply(to: &bytes)
        #expect(bytes == original)
    }

    @Test("No mask changes nothing")
    func none() {
        var bytes: [UInt8] = [1, 2, 3]
        Mask.none.append(([4, 5] as [UInt8]).span.bytes, to: &bytes)
        #expect(bytes == [1, 2, 3, 4, 5])
    }
}
