import UVHTTP

/// The parameters of a request's query, as `URLSearchParams` reads them.
struct Query {
    private let pairs: [(name: String, value: String)]

    /// - Parameter text: What follows the `?`, as it was sent.
    init(_ text: String?) {
        pairs = (text ?? "").utf8.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : "")
        }
    }

    /// The first value of the parameter `name`; nil if it is not there.
    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// Turns `%41` into what it stands for, and a plus into a space. What is not UTF-8 then becomes U+FFFD.
    private static func decoded(_ text: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            if byte == UInt8(ascii: "%"), digits.count == 2 {
                bytes.append(UInt8(truncatingIfNeeded: digits[0] << 4 | digits[1]))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Query {
    /// A parameter that does not keep to its rule.
    struct Invalid: Error, Hashable {
        let name: String
        let rule: String
    }

    /// The whole number in the parameter `name`: decimal digits in `range`; nil if it is not there.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(Invalid) -> Int? {
        guard let text = self[name] else { return nil }
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isPlain, let number = Int(text), range.contains(number) else {
            throw Invalid(name: name, rule: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}

extension ServerResponse {
    func end(_ invalid: Query.Invalid) {
        end(invalid: invalid.name, "\(invalid.name) must be \(invalid.rule).")
    }
}
