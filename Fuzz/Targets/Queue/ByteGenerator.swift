import SeededRandom

/// Numbers that bytes decide, one each, from its highest bits on, by which a choice is made; behind the last byte any.
struct ByteGenerator: RandomNumberGenerator {
    private var rest: ArraySlice<UInt8>
    // A generator that gave the same number for ever would hold up what waits for another one.
    private var filler = SeededGenerator(seed: 0)

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func next() -> UInt64 {
        let number = filler.next()
        guard let byte = rest.popFirst() else { return number }
        return UInt64(byte) << 56 | number >> 8
    }
}
