// What a peer sends is bytes. Swift's `==`, `<`, `hash` and `lowercased` of a String compare what text looks like: they
// normalise, which takes quadratic time for a letter with many marks, and call different bytes equal. So a peer's text
// goes through the functions of this file, and is the key of a set or a dictionary as a `ByteText`.

extension String {
    /// Whether both are the same bytes of UTF-8. `é` and `e` with U+0301 are not.
    ///
    /// - Complexity: O(n).
    package func isSame(as other: String) -> Bool { utf8Span.span.bytes.isSame(as: other.utf8Span.span.bytes) }

    /// Whether the text is `lowercase` but for the case of ASCII letters: what protocols call case-insensitive.
    ///
    /// - Parameter lowercase: Text without `A` to `Z`; with one of them nothing is the same.
    /// - Complexity: O(n).
    package func hasSame(asciiLowercase lowercase: String) -> Bool {
        utf8Span.span.bytes.hasSame(asciiLowercase: lowercase.utf8Span.span.bytes)
    }

    /// Whether the text begins with the bytes of `prefix`.
    ///
    /// - Complexity: O(length of `prefix`).
    package func begins(with prefix: String) -> Bool { utf8Span.span.bytes.begins(with: prefix.utf8Span.span.bytes) }

    /// The text with the ASCII letters in lower case, and all else as it is.
    ///
    /// - Complexity: O(n).
    package var asciiLowercased: String { String(decoding: utf8.lazy.map(\.asciiLowercased), as: UTF8.self) }

    /// The text without the spaces and tabs at both ends.
    ///
    /// - Complexity: O(n).
    package var trimmed: String {
        let range = utf8Span.span.bytes.trimmedRange
        if range.count == utf8.count { return self }
        return String(decoding: utf8.dropFirst(range.lowerBound).prefix(range.count), as: UTF8.self)
    }
}

/// A text that is equal, hashed and ordered by its bytes: the key of a peer's text in a set or a dictionary.
///
/// ```swift
/// var members: [ByteText: Int] = [:]
/// members[ByteText(name), default: 0] += 1
/// ```
package struct ByteText: Hashable, Comparable, Sendable, ExpressibleByStringLiteral {
    package let text: String

    package init(_ text: String) { self.text = text }

    package init(stringLiteral text: String) { self.init(text) }

    package static func == (one: ByteText, other: ByteText) -> Bool { one.text.isSame(as: other.text) }

    package static func < (one: ByteText, other: ByteText) -> Bool {
        one.text.utf8Span.span.bytes.isBefore(other.text.utf8Span.span.bytes)
    }

    package func hash(into hasher: inout Hasher) {
        text.utf8Span.span.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        // No text has this byte: what follows in the hash is not taken for the end of the text.
        hasher.combine(0xFF as UInt8)
    }
}
