import UVCore
import UVHTTP

/// One element of `Sec-WebSocket-Extensions`: a name and parameters, RFC 6455 section 9.1.
///
///     permessage-deflate; client_max_window_bits; server_max_window_bits="10"
///
/// A value in quotes has to be a token, too, and means the same as one without them.
package struct ExtensionOffer: Sendable {
    package struct Parameter: Sendable {
        package let name: String
        package let value: String?
    }

    package let name: String
    package let parameters: [Parameter]

    /// The elements of the list. Nil stands for one that breaks the grammar: what is behind it cannot be read.
    ///
    /// - Complexity: O(length).
    package static func list(_ field: String) -> [ExtensionOffer?] {
        var reader = Reader(field)
        var offers: [ExtensionOffer?] = []
        while !reader.isAtEnd {
            // Empty elements are passed over, RFC 9110 section 5.6.1.
            if reader.skip(",") { continue }
            guard let offer = reader.offer(), reader.isAtEnd || reader.skip(",") else { return offers + [nil] }
            offers.append(offer)
        }
        return offers
    }
}

/// Reads one word after another, and passes over the white space between them.
private struct Reader {
    private let bytes: [UInt8]
    private var cursor = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
        skipSpace()
    }

    var isAtEnd: Bool { cursor == bytes.count }

    mutating func offer() -> ExtensionOffer? {
        guard let name = token() else { return nil }
        var parameters: [ExtensionOffer.Parameter] = []
        while skip(";") {
            guard let name = token() else { return nil }
            guard skip("=") else {
                parameters.append(.init(name: name, value: nil))
                continue
            }
            guard let value = quoted() ?? token() else { return nil }
            parameters.append(.init(name: name, value: value))
        }
        return ExtensionOffer(name: name, parameters: parameters)
    }

    /// Whether the next byte is `mark`, which is passed over then.
    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard cursor < bytes.count, bytes[cursor] == UInt8(ascii: mark) else { return false }
        cursor += 1
        skipSpace()
        return true
    }

    private mutating func skipSpace() {
        while cursor < bytes.count, bytes[cursor] == UInt8(ascii: " ") || bytes[cursor] == UInt8(ascii: "\t") {
            cursor += 1
        }
    }

    private mutating func token() -> String? {
        let end = bytes.span.bytes.endOfToken(from: cursor)
        guard end > cursor else { return nil }
        defer {
            cursor = end
            skipSpace()
        }
        return String(decoding: bytes[cursor..<end], as: UTF8.self)
    }

    /// A token in quotes, in which a backslash may stand before any byte (RFC 9110 section 5.6.4).
    private mutating func quoted() -> String? {
        guard cursor < bytes.count, bytes[cursor] == UInt8(ascii: "\"") else { return nil }
        var value: [UInt8] = []
        var index = cursor + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            if bytes[index] == UInt8(ascii: "\\") { index += 1 }
            guard index < bytes.count else { return nil }
            value.append(bytes[index])
            index += 1
        }
        guard index < bytes.count, value.span.bytes.endOfToken(from: 0) == value.count, !value.isEmpty else {
            return nil
        }
        cursor = index + 1
        skipSpace()
        return String(decoding: value, as: UTF8.self)
    }
}
