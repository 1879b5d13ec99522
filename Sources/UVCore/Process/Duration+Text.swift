extension Duration {
    /// Reads a duration as flags have it: a number, and `ms`, `s`, `m`, `h` or `d` behind it, seconds without. `3`,
    /// `500ms`, `1.5s`, `24h`, `7d`. Nil for anything else, such as a sign, a space or another letter.
    ///
    /// - Complexity: O(1): at most nine digits stand before a point and three behind it.
    package init?(flag text: String) {
        let bytes = Array(text.utf8.prefix(20))
        let digits = bytes.prefix { $0.isDigit }
        var rest = bytes[digits.endIndex...]
        guard (1...9).contains(digits.count) else { return nil }
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix { $0.isDigit }
            guard (1...3).contains(fraction.count) else { return nil }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard text.utf8.count <= 20, let milliseconds = Self.milliseconds(of: rest) else { return nil }
        let thousandths = Self.number(digits) * 1_000 + Self.number(fraction + "000".utf8.dropFirst(fraction.count))
        self = .microseconds(thousandths) * milliseconds
    }

    /// What ``init(flag:)`` reads, for a help text.
    package static let flagRule = "a number with ms, s, m, h or d behind it, seconds without"

    private static func milliseconds(of unit: ArraySlice<UInt8>) -> Int? {
        if unit.isEmpty || unit.elementsEqual("s".utf8) { return 1_000 }
        if unit.elementsEqual("ms".utf8) { return 1 }
        if unit.elementsEqual("m".utf8) { return 60_000 }
        if unit.elementsEqual("h".utf8) { return 3_600_000 }
        return unit.elementsEqual("d".utf8) ? 86_400_000 : nil
    }

    private static func number(_ digits: some Sequence<UInt8>) -> Int64 {
        digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
