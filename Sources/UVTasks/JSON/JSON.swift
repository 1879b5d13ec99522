import UVCore

/// A value of JSON as its text, all of it checked: a payload or a result of which the type is not known.
///
/// It can be encoded and decoded as part of other values, by this library alone.
public struct JSON: Sendable {
    let bytes: [UInt8]

    /// The text, as it was written.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Nil when `text` is no JSON. Space around the value is left out.
    ///
    /// - Complexity: O(length).
    public init?(_ text: String) { self.init(Array(text.utf8)) }

    /// Nil when `bytes` are no JSON, or no UTF-8, which the server's reader refuses.
    package init?(_ bytes: [UInt8]) {
        guard (try? UTF8Span(validating: bytes.span)) != nil, let message = JSONMessage(bytes) else { return nil }
        self.init(message, message.root)
    }

    init(_ message: JSONMessage, _ place: JSONMessage.Place) { bytes = Array(message.bytes[place]) }

    init(checked bytes: [UInt8]) { self.bytes = bytes }

    static let null = JSON(checked: Array("null".utf8))

    /// The text of `value`.
    ///
    /// - Throws: `EncodingError` for a number that is not finite, and what the value itself throws.
    public init(encoding value: some Encodable) throws {
        var text: [UInt8] = []
        try JSONNode(of: value, at: []).write(to: &text)
        bytes = text
    }

    /// How many levels of arrays and objects it has; nil when these are more than the scanner reads.
    ///
    /// - Complexity: O(length).
    var depth: Int? {
        var scanner = JSONScanner(bytes)
        guard case .some = try? scanner.readText() else { return nil }
        return scanner.deepest
    }

    /// The members of an object, in their order; none of another value.
    package var members: [(name: String, value: JSON)] {
        guard let message = JSONMessage(bytes) else { return [] }
        var members: [(name: String, value: JSON)] = []
        message.forEachMember(of: message.root) { members.append(($0, JSON(message, $1))) }
        return members
    }

    /// The value that the text stands for.
    ///
    /// - Throws: `DecodingError` where it is none of that type, and what the type itself throws.
    public func decode<Value: Decodable>(as type: Value.Type) throws -> Value {
        guard let message = JSONMessage(bytes) else { throw JSONScanner.Malformed() }
        return try JSONValue(message, message.root, at: []).decode(type)
    }
}

extension JSON: Codable {
    public init(from decoder: any Decoder) throws {
        guard let value = decoder as? JSONValue else { throw OtherFormat() }
        self.init(value.message, value.place)
    }

    public func encode(to encoder: any Encoder) throws {
        guard let node = encoder as? JSONNode else { throw OtherFormat() }
        node.content = .text(bytes)
    }

    /// It is text of JSON, which another format has no place for.
    struct OtherFormat: Error {}
}

extension JSON: Equatable {
    /// Whether both are the same bytes.
    public static func == (one: JSON, other: JSON) -> Bool { one.bytes.elementsEqual(other.bytes) }
}

extension JSON: CustomStringConvertible {
    public var description: String { text }
}

// MARK: - Text

extension JSON {
    /// `text` as a string of JSON. RFC 8259 section 7.
    static func quoted(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case ..<0x20: bytes += "\\u00".utf8 + [UInt8(ascii: "0") + byte >> 4, hexDigit(byte & 15)]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
