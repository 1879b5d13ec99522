import SeededRandom
import Testing
import UVWebSocket

@Suite("UTF-8 that arrives in pieces")
struct UTF8ValidatorTests {
    /// The first and the last byte of every range that RFC 3629 tells apart, and their neighbours.
    static let edges: [UInt8] = [
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
        0xF0,
        0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]

    @Test(
        "A text at the edge of the ranges is accepted",
        arguments: [
            "", "\u{0}", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFD}", "\u{FFFF}",
            "\u{10000}", "\u{3FFFF}", "\u{40000}", "\u{FFFFF}", "\u{100000}", "\u{10FFFF}", "κόσμε", "\u{FEFF}a",
        ])
    func accepted(text: String) {
        #expect(isValid(Array(text.utf8)))
    }

    /// Bytes, and how many of them were needed to refuse them.
    static let refused: [(bytes: [UInt8], position: Int)] = [
        ([0x80], 1), ([0xBF], 1), ([0xC0, 0xAF], 1), ([0xC1, 0xBF], 1), ([0xE0, 0x80, 0xAF], 2),
        ([0xE0, 0x9F, 0xBF], 2), ([0xED, 0xA0, 0x80], 2), ([0xED, 0xBF, 0xBF], 2), ([0xF0, 0x80, 0x80, 0x80], 2),
        ([0xF0, 0x8F, 0xBF, 0xBF], 2), ([0xF4, 0x90, 0x80, 0x80], 2), ([0xF5, 0x80, 0x80, 0x80], 1),
        ([0xF8, 0x88, 0x80, 0x80, 0x80], 1), ([0xFE], 1), ([0xFF], 1), ([0xC2, 0x41], 2), ([0xE1, 0x80, 0x41], 3),
        ([0xF1, 0x80, 0x80, 0x41], 4), ([0xC2, 0xC2], 2), ([0x41, 0xC3, 0xA9, 0x80], 4),
    ]

    @Test("What cannot become UTF-8 is refused at the byte that decides it", arguments: refused)
    func refusedAt(bytes: [UInt8], position: Int) {
        var validator = UTF8Validator()
        let verdicts = bytes.map { validator.append([$0].span.bytes) }
        #expect(verdicts == bytes.indices.map { $0 + 1 < position })
        #expect(!isValid(bytes))
    }

    @Test(
        "A character that is cut is neither refused nor complete",
        arguments: [[0xC2], [0xE1, 0x80], [0xF0, 0x90, 0x80]])
    func cut(bytes: [UInt8]) {
        var validator = UTF8Validator()
        let isAccepted = validator.append(bytes.span.bytes)
        #expect(isAccepted)
        #expect(!validator.isComplete)
    }

    @Test("ASCII after a cut character is refused, however much there is of it", arguments: 0..<40)
    func asciiAfterCut(before: Int) {
        let bytes = [UInt8](repeating: 0x61, count: before) + [0xC3] + [UInt8](repeating: 0x61, count: 40)
        for cut in bytes.indices {
            var validator = UTF8Validator()
            _ = validator.append(bytes.span.bytes.extracting(first: cut))
            let isAccepted = validator.append(bytes.span.bytes.extracting(droppingFirst: cut))
            #expect(!isAccepted, "cut at \(cut)")
        }
    }

    @Test("Every pair of bytes is judged as the standard library judges it")
    func everyPair() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let bytes = [first, second]
                #expect(isValid(bytes) == (String(validating: bytes, as: UTF8.self) != nil))
            }
        }
    }

    @Test("Every four bytes at the edge of the ranges are judged as the standard library judges them", arguments: edges)
    func everyFourEdges(first: UInt8) {
        for second in Self.edges {
            for third in Self.edges {
                for fourth in Self.edges {
                    let bytes = [first, second, third, fourth]
                    guard isValid(bytes) != (String(validating: bytes, as: UTF8.self) != nil) else { continue }
                    Issue.record("\(bytes)")
                }
            }
        }
    }

    /// A beginning is viable when something makes it whole; one of these does, if anything does.
    static let completions: [[UInt8]] =
        [[]] + ([0x80, 0x90, 0xA0] as [UInt8]).flatMap { [[$0], [$0, 0x80], [$0, 0x80, 0x80]] }

    @Test("A beginning is refused if and only if nothing can make it whole", arguments: edges)
    func earliest(first: UInt8) {
        for second in Self.edges {
            for third in Self.edges {
                let bytes = [first, second, third]
                var validator = UTF8Validator()
                let isAccepted = validator.append(bytes.span.bytes)
                let isViable = Self.completions.contains { String(validating: bytes + $0, as: UTF8.self) != nil }
                #expect(isAccepted == isViable, "\(bytes)")
            }
        }
    }

    @Test("Random bytes in random pieces are judged as the standard library judges the whole", arguments: [1, 2, 3])
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5000 {
            var bytes = randomText(&generator)
            if Bool.random(using: &generator), !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &generator)] =
                    Self.edges.randomElement(using: &generator) ?? 0
            }
            let cut = Int.random(in: 0...bytes.count, using: &generator)
            var validator = UTF8Validator()
            let first = validator.append(bytes.span.bytes.extracting(first: cut))
            let second = validator.append(bytes.span.bytes.extracting(droppingFirst: cut))
            let verdict = first && second && validator.isComplete
            #expect(verdict == (String(validating: bytes, as: UTF8.self) != nil), "seed \(seed): \(bytes)")
        }
    }

    /// Runs of ASCII, so that the fast path is entered and left at every position, between characters of every length.
    private func randomText(_ generator: inout SeededGenerator) -> [UInt8] {
        var text = ""
        for _ in 0..<Int.random(in: 0..<5, using: &generator) {
            text += String(repeating: "a", count: Int.random(in: 0..<20, using: &generator))
            text += ["é", "ह", "€", "한", "𐍈", "\u{10FFFF}", ""].randomElement(using: &generator) ?? ""
        }
        return Array(text.utf8)
    }

    private func isValid(_ bytes: [UInt8]) -> Bool {
        var validator = UTF8Validator()
        return validator.append(bytes.span.bytes) && validator.isComplete
    }
}
