import UVCore

/// What codings a client takes: the value of `Accept-Encoding`, RFC 9110 section 12.5.3. A pure value.
struct AcceptEncoding: Equatable {
    /// The weights, in thousandths; nil for a coding that is not named.
    private(set) var gzip: Int?
    private(set) var identity: Int?
    private(set) var any: Int?

    init(_ field: String) {
        for element in field.utf8.split(separator: UInt8(ascii: ",")) {
            let parts = element.split(separator: UInt8(ascii: ";"), maxSplits: 1, omittingEmptySubsequences: false)
            guard let coding = parts.first, let weight = Self.weight(parts.dropFirst().first) else { continue }
            let name = String(decoding: coding.trimmed, as: UTF8.self)
            if name.hasSame(asciiLowercase: "gzip") || name.hasSame(asciiLowercase: "x-gzip") {
                gzip = max(gzip ?? 0, weight)
            } else if name.hasSame(asciiLowercase: "identity") {
                identity = weight
            } else if name.isSame(as: "*") {
                any = weight
            }
        }
    }

    /// Whether gzip may be sent, and is wanted no less than the bytes as they are.
    var prefersGzip: Bool {
        let weight = gzip ?? any ?? 0
        return weight > 0 && weight >= identity ?? 0
    }

    /// The weight that `;q=0.5` says, in thousandths; nil for what says none.
    private static func weight(_ parameter: Substring.UTF8View?) -> Int? {
        guard let parameter else { return 1_000 }
        var rest = parameter.trimmed
        guard rest.popFirst().map({ $0 | 0x20 }) == UInt8(ascii: "q"), rest.popFirst() == UInt8(ascii: "="),
            let first = rest.popFirst(), first == UInt8(ascii: "0") || first == UInt8(ascii: "1")
        else { return nil }
        var weight = first == UInt8(ascii: "1") ? 1_000 : 0
        guard let dot = rest.popFirst() else { return weight }
        guard dot == UInt8(ascii: "."), rest.count <= 3 else { return nil }
        var unit = 100
        for digit in rest {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            weight += Int(digit - UInt8(ascii: "0")) * unit
            unit /= 10
        }
        return weight <= 1_000 ? weight : nil
    }
}
