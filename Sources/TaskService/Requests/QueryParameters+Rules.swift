import UVCore
import UVHTTP

extension QueryParameters {
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

extension QueryParameters {
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
        for (name, _) in self {
            guard let index = names.firstIndex(where: { $0.isSame(as: name) }) else {
                throw Invalid(name: name, reason: "is no parameter here: \(Self.list(names))")
            }
            guard !seen[index] else { throw Invalid(name: name, reason: "may be given once only") }
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
    func end(_ invalid: QueryParameters.Invalid) {
        end(invalid: invalid.name, "\(invalid.name) \(invalid.reason).")
    }
}
