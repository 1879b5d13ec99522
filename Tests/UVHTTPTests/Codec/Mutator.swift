import SeededRandom

@testable import UVHTTP

/// Spoils samples at random, the same way for the same seed.
struct Mutator {
    private var random: SeededGenerator
    private let samples: [[UInt8]]
    private let maximumChanges: Int

    /// What parsers stumble over.
    private static let tokens: [[UInt8]] = [
        "\r\n", "\r", "\n", "\r\n\r\n", " ", "\t", ":", ",", ";", "\"", "\u{0}", "\u{1}", "\u{7F}", "\u{80}", "\u{FF}",
        "0", "1", "f", "chunked", "close", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Connection: ",
        "Expect: 100-continue\r\n", "Host: y\r\n", "HTTP/1.0", "GET / HTTP/1.1\r\n", "http://x/", "*", "#", "[::1]",
        "3\r\nabc\r\n", "0\r\n\r\n", "A: b\r\n", "99999999999999999999",
    ].map { Array(latin1: $0) }

    init(seed: UInt64, samples: [Sample], maximumChanges: Int = 4) {
        random = SeededGenerator(seed: seed)
        self.samples = samples.map(\.bytes)
        self.maximumChanges = maximumChanges
    }

    mutating func next() -> [UInt8] {
        var bytes = samples[random.next(below: samples.count)]
        for _ in 0...random.next(below: maximumChanges) { mutate(&bytes) }
        return bytes
    }

    mutating func cut(of bytes: [UInt8]) -> Int { random.next(below: bytes.count + 1) }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let position = random.next(below: bytes.count + 1)
        let end = min(bytes.count, position + 1 + random.next(below: 8))
        switch random.next(below: 6) {
        case 0: bytes.insert(contentsOf: Self.tokens[random.next(below: Self.tokens.count)], at: position)
        case 1: bytes.removeSubrange(position..<end)
        case 2: bytes.insert(contentsOf: bytes[position..<end], at: position)
        case 3: bytes.replaceSubrange(position..<end, with: Self.tokens[random.next(below: Self.tokens.count)])
        case 4 where position < bytes.count: bytes[position] = UInt8(truncatingIfNeeded: random.next())
        default:
            let other = samples[random.next(below: samples.count)]
            bytes.replaceSubrange(position..., with: other[min(position, other.count)...])
        }
    }
}
