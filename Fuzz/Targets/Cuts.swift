import SeededRandom

/// Ways in which the same bytes may arrive.
///
/// Where they are cut follows from the bytes themselves, so that an input is nothing but what a peer sends, and can be
/// read and written by people.
struct Cuts {
    private let count: Int
    private var random: SeededGenerator

    init(of bytes: [UInt8]) {
        count = bytes.count
        random = SeededGenerator(seed: bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }

    /// The ends of all pieces but the last: a few, or one behind each byte where there are not many.
    var rows: [[Int]] {
        var random = random
        let few = (0..<3).map { _ in Int.random(in: 0...count, using: &random) }.sorted()
        return count <= 200 ? [few, Array(0..<count)] : [few]
    }

    /// `bytes` in the pieces of a row.
    static func pieces(of bytes: [UInt8], _ row: [Int]) -> [[UInt8]] {
        zip([0] + row, row + [bytes.count]).map { Array(bytes[$0..<$1]) }
    }
}
