@testable import TaskService

/// What a text says, pulled out of it as the server pulls.
enum JSONTree: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    /// An array of strings.
    case strings([String])
    /// An array with anything else in it.
    case mixedArray
    case object

    /// Reads a whole text.
    static func read(_ bytes: [UInt8]) throws -> JSONTree {
        var reader = try JSONReader(bytes)
        let tree = try JSONTree(&reader)
        try reader.end()
        return tree
    }

    /// The members of those names, of several of one name the last; nil if the text is JSON, but no object.
    static func readMembers(_ names: [StaticString], of bytes: [UInt8]) throws -> [JSONTree?]? {
        var reader = try JSONReader(bytes)
        var members = [JSONTree?](repeating: nil, count: names.count)
        let isObject = try reader.beginObject()
        while isObject, let name = try reader.nextMember() {
            if let index = names.firstIndex(where: { reader.says(name, $0) }) {
                members[index] = try JSONTree(&reader)
            } else {
                try reader.skipValue()
            }
        }
        try reader.end()
        return isObject ? members : nil
    }

    private init(_ reader: inout JSONReader) throws {
        var copy = reader
        switch try reader.readValue() {
        case .null: self = .null
        case .bool(let isSo): self = .bool(isSo)
        case .integer(let number): self = .integer(number)
        case .number(let number): self = .number(number)
        case .string(let string): self = .string(reader.text(string))
        case .object: self = .object
        case .array: self = try copy.readStrings(atMost: .max).map(JSONTree.strings) ?? .mixedArray
        }
    }

    /// The elements of an array of strings; nil for anything else.
    var strings: [String]? { if case .strings(let values) = self { values } else { nil } }
}

extension JSONTree: Equatable {
    /// As a debugger shows them, byte for byte.
    static func == (left: JSONTree, right: JSONTree) -> Bool {
        String(reflecting: left).utf8.elementsEqual(String(reflecting: right).utf8)
    }
}
