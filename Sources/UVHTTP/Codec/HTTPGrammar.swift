/// The classes of bytes that RFC 9110 and RFC 9112 are written in.
///
/// Parsers use them on what arrives. What a program sends goes through ``isFieldName(_:)`` and ``isFieldValue(_:)``,
/// so that no text of a peer that ends up in an answer can begin a field, or an answer, of its own.
package enum HTTPGrammar {
    static let horizontalTab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let delete: UInt8 = 0x7F

    /// `token`, RFC 9110 section 5.6.2: letters, digits and ``!#$%&'*+-.^_`|~``.
    static let token = ASCIISet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)

    /// The name of a host, RFC 3986 section 3.2.2: letters, digits and `-._~%!$&'()*+,;=`.
    static let host = ASCIISet(low: 0x2BFF_7FF2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)

    /// What may stand between the brackets of an address: the above and `:`.
    static let address = ASCIISet(low: 0x2FFF_7FF2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)

    /// What may stand in a host with its port: the above and `[]`.
    static let authority = ASCIISet(low: 0x2FFF_7FF2_0000_0000, high: 0x47FF_FFFE_AFFF_FFFE)

    /// `OWS`, RFC 9110 section 5.6.3.
    @inline(__always)
    static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == space || byte == horizontalTab
    }

    /// What may stand in a field value, RFC 9110 section 5.5: HTAB, SP, VCHAR and the bytes from 0x80 on.
    @inline(__always)
    static func isText(_ byte: UInt8) -> Bool {
        byte >= space && byte != delete || byte == horizontalTab
    }

    @inline(__always)
    package static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    @inline(__always)
    package static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    /// Whether `name` may be sent as a field name: those are tokens.
    /// - Complexity: O(length of `name`).
    package static func isFieldName(_ name: String) -> Bool { isToken(name) }

    /// Whether `text` is a token, RFC 9110 section 5.6.2.
    /// - Complexity: O(length of `text`).
    package static func isToken(_ text: String) -> Bool {
        let bytes = text.utf8.span.bytes
        return bytes.byteCount > 0 && bytes.endOfToken(from: 0) == bytes.byteCount
    }

    /// Whether `value` may be sent as a field value, or as a reason phrase: it holds no control character but HTAB.
    /// - Complexity: O(length of `value`), eight bytes at a time.
    package static func isFieldValue(_ value: String) -> Bool {
        isFieldValue(value.utf8.span.bytes)
    }

    /// Whether `value` may be sent as a field value.
    package static func isFieldValue(_ value: RawSpan) -> Bool {
        value.endOfText(from: 0) == value.byteCount
    }
}

/// A set of ASCII characters as 128 bits; no other byte is in it.
struct ASCIISet: Sendable {
    /// The characters 0 to 63, the first one in the lowest bit.
    let low: UInt64

    /// The characters 64 to 127.
    let high: UInt64

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let half = byte < 64 ? low : high
        return byte < 128 && (half &>> UInt64(byte)) & 1 != 0
    }
}
