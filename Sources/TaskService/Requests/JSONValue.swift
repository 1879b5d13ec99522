/// What a client's JSON says.
enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that fits.
    case integer(Int)
    /// Any other number; one that is too large is infinite.
    case number(Double)
    case string(String)
    case array([JSONValue])
    /// Of several members of one name the last counts, as in JavaScript.
    case object([String: JSONValue])

    var string: String? { if case .string(let value) = self { value } else { nil } }

    /// The elements of an array of strings; nil for anything else.
    var strings: [String]? {
        guard case .array(let elements) = self else { return nil }
        var strings: [String] = []
        strings.reserveCapacity(elements.count)
        for element in elements {
            guard let string = element.string else { return nil }
            strings.append(string)
        }
        return strings
    }
}
