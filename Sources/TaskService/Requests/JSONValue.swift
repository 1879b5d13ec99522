/// What a client's JSON says, as far as the server wants to know it.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that fits.
    case integer(Int)
    /// Any other number; one that is too large is infinite.
    case number(Double)
    case string(String)
    /// An array of strings.
    case strings([String])
    /// An array with anything else in it, which no field of a task accepts.
    case mixedArray
    /// An object. Its members are read where they are the text's own, and skipped where it stands within another value.
    case object

    var string: String? { if case .string(let value) = self { value } else { nil } }

    /// The elements of an array of strings; nil for anything else.
    var strings: [String]? { if case .strings(let values) = self { values } else { nil } }
}

/// The names of the members that a reader wants of an object, as bytes.
struct JSONNames: Sendable {
    private let names: [[UInt8]]

    init(_ names: [String]) { self.names = names.map { Array($0.utf8) } }

    var count: Int { names.count }

    /// Which of the names `bytes` are; nil for none. Nothing is hashed: the names are few, and their lengths differ.
    func index(of bytes: Span<UInt8>) -> Int? {
        names.firstIndex { name in
            guard name.count == bytes.count else { return false }
            for index in name.indices where name[index] != bytes[index] { return false }
            return true
        }
    }
}
