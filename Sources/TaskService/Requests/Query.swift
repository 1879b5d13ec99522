import UVCore
import UVHTTP

/// The parameters of a request's query, as `URLSearchParams` reads them. Names are compared as bytes.
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
    subscript(name: String) -> String? { pairs.first { $0.name.isSame(as: name) }?.value }

    /// Turns `%41` into what it stands for, and a plus into a space. What is not UTF-8 then becomes U+FFFD.
    private static func decoded(_ text: Substring.UTF8View) -> String {
        let text = Array(text)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.count, let high = text[index + 1].hexDigit,
                let low = text[index + 2].hexDigit
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(text[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : text[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Query {
    /// A text as it stands in a query: what is neither a letter nor a digit of ASCII nor one of `-._~` is escaped.
    static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let isPlain =
                (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
                || "-._~".utf8.contains(byte)
            if isPlain { bytes.append(byte) } else { bytes += [UInt8(ascii: "%"), byte.hexDigits.0, byte.hexDigits.1] }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How much is to be shown of a task: `view=full`.
    var form: TaskView.Form {
        get throws(Invalid) { try value("view", rule: "full") { $0.isSame(as: "full") ? .full : nil } ?? .brief }
    }
}

extension UInt8 {
    fileprivate var hexDigits: (UInt8, UInt8) {
        let digits: (UInt8) -> UInt8 = { $0 < 10 ? UInt8(ascii: "0") + $0 : UInt8(ascii: "A") + $0 - 10 }
        return (digits(self >> 4), digits(self & 15))
    }
}

// MARK: - Rules

extension Query {
    /// A parameter that does not keep to its rule.
    struct Invalid: Error {
        let name: String
        /// What is wrong, as the end of a sentence that begins with the name.
        let reason: String

        /// - Parameter rule: What the value must be.
        init(name: String, rule: String) {
            self.name = name
            reason = "must be \(rule)"
        }

        fileprivate init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    /// Refuses a parameter that is none of `names`, and one that is there twice: a name that is nearly right would else
    /// be an answer to another question.
    ///
    /// - Complexity: O(parameters), for it ends at the first that may not be there.
    func allow(only names: [String]) throws(Invalid) {
        var seen = [Bool](repeating: false, count: names.count)
        for pair in pairs {
            guard let index = names.firstIndex(where: { $0.isSame(as: pair.name) }) else {
                throw Invalid(name: pair.name, reason: "is no parameter here: \(Self.list(names))")
            }
            guard !seen[index] else { throw Invalid(name: pair.name, reason: "may be given once only") }
            seen[index] = true
        }
    }

    private static func list(_ names: [String]) -> String {
        names.count == 1 ? "there is \(names[0])" : "there are \(names.joined(separator: ", "))"
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

    /// What `parse` makes of the parameter `name`; nil if it is not there.
    func value<Value>(_ name: String, rule: String, _ parse: (String) -> Value?) throws(Invalid) -> Value? {
        guard let text = self[name] else { return nil }
        guard let value = parse(text) else { throw Invalid(name: name, rule: rule) }
        return value
    }
}

extension ServerResponse {
    func end(_ invalid: Query.Invalid) {
        end(invalid: invalid.name, "\(invalid.name) \(invalid.reason).")
    }
}
