/// Lists in header fields: `token, token` (RFC 9110 section 5.6).
///
/// They are compared byte by byte. Swift's `==` on strings goes by canonical equivalence, in which the Kelvin sign is a
/// letter K, and `lowercased()` has such surprises too.
extension Handshake {
    /// The elements of a list, trimmed; empty ones are passed over, as a recipient has to.
    package static func elements(of list: String) -> [String] {
        list.utf8.split(separator: UInt8(ascii: ",")).compactMap { element in
            let start = element.drop(while: isBlank)
            let end = start.lastIndex { !isBlank($0) }
            return end.map { String(decoding: start[...$0], as: UTF8.self) }
        }
    }

    /// Whether the list names `token`, in any case.
    package static func contains(_ token: String, in list: String?) -> Bool {
        guard let list else { return false }
        return elements(of: list).contains { element in
            element.utf8.elementsEqual(token.utf8) { lowercased($0) == lowercased($1) }
        }
    }

    /// The subprotocols that a client offers, the preferred one first (RFC 6455 section 4.1).
    /// - Returns: `nil` when the list is not one of different tokens.
    package static func subprotocols(in list: String) -> [String]? {
        let offered = elements(of: list)
        guard !offered.isEmpty, offered.allSatisfy(isToken) else { return nil }
        guard Set(offered.map { Array($0.utf8) }).count == offered.count else { return nil }
        return offered
    }

    /// The client's most preferred subprotocol that the server supports. Case matters.
    package static func chooseSubprotocol(offered: [String], supported: [String]) -> String? {
        offered.first { candidate in supported.contains { isSame($0, candidate) } }
    }

    /// RFC 9110 section 5.6.2.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Whether both are the same bytes.
    static func isSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
