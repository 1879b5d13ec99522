import UVCore

extension MetricsText.Format {
    /// The form that a client wants most, by its `Accept`; Prometheus' own where it says nothing of either. RFC 9110
    /// section 12.5.1.
    ///
    /// - Complexity: O(length).
    init(accept: String?) {
        var (open, plain) = (0, 0)
        for element in (accept ?? "").utf8.split(separator: UInt8(ascii: ",")) {
            let parts = element.split(separator: UInt8(ascii: ";")).map(Self.trimmed)
            guard let range = parts.first else { continue }
            let weight = parts.dropFirst().compactMap(Self.weight).last ?? 1_000
            if Self.isSame(range, "application/openmetrics-text") {
                open = max(open, weight)
            } else if Self.isSame(range, "text/plain") || Self.isSame(range, "text/*") {
                plain = max(plain, weight)
            }
        }
        self = open > 0 && open >= plain ? .openMetrics : .prometheus
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }

    /// Letters in either case.
    private static func isSame(_ text: Substring.UTF8View, _ name: StaticString) -> Bool {
        name.withUTF8Buffer { name in text.elementsEqual(name) { $0 == $1 || ($0 | 0x20) == $1 } }
    }

    /// Thousandths: of `q=0.5` 500; nil for another parameter, 0 for a weight that is none.
    private static func weight(_ text: Substring.UTF8View) -> Int? {
        guard text.count > 2, isSame(text.prefix(2), "q=") else { return nil }
        let digits = text.dropFirst(2)
        let (whole, rest) = (digits.first ?? 0, digits.dropFirst())
        guard whole == UInt8(ascii: "0") || whole == UInt8(ascii: "1") else { return 0 }
        var (weight, unit) = (whole == UInt8(ascii: "1") ? 1_000 : 0, 100)
        guard rest.isEmpty || rest.first == UInt8(ascii: "."), rest.count <= 4 else { return 0 }
        for digit in rest.dropFirst() {
            guard digit &- UInt8(ascii: "0") < 10 else { return 0 }
            weight += Int(digit - UInt8(ascii: "0")) * unit
            unit /= 10
        }
        return min(weight, 1_000)
    }
}
