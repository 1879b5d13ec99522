/// How many ids of a chunk have which mark, at most 255 each.
struct MarkCounts: Sendable, Equatable {
    private var counts = SIMD8<UInt8>()
    /// A bit for each mark that one has.
    private(set) var present: UInt8 = 0

    subscript(mark: UInt8) -> Int { Int(counts[Int(mark)]) }

    mutating func add(_ mark: UInt8) {
        counts[Int(mark)] += 1
        present |= 1 << mark
    }

    mutating func remove(_ mark: UInt8) {
        counts[Int(mark)] -= 1
        if counts[Int(mark)] == 0 { present &= ~(1 << mark) }
    }
}
