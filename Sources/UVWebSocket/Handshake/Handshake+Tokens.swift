import UVCore
import UVHTTP

/// Lists in header fields: `token, token` (RFC 9110 section 5.6).
extension Handshake {
    /// The elements of a list, trimmed; empty ones are passed over, as a recipient has to.
    package static func elements(of list: String) -> [String] {
        let bytes = list.utf8Span.span.bytes
        var rest = FieldList(0..<bytes.byteCount)
        var elements: [String] = []
        while let element = rest.next(bytes) {
            guard !element.isEmpty else { continue }
            elements.append(String(decoding: [UInt8](copying: bytes.extracting(element)), as: UTF8.self))
        }
        return elements
    }

    /// Whether the list names `token`, in any case.
    ///
    /// - Parameter token: Letters in lower case.
    package static func contains(_ token: StaticString, in list: String?) -> Bool {
        list?.utf8Span.span.bytes.hasElement(token) ?? false
    }

    /// The subprotocols that a client offers, the preferred one first (RFC 6455 section 4.1).
    /// - Returns: `nil` when the list is not one of different tokens.
    package static func subprotocols(in list: String) -> [String]? {
        let offered = elements(of: list)
        guard !offered.isEmpty, offered.allSatisfy(HTTPGrammar.isToken) else { return nil }
        guard Set(offered.map { ByteText($0) }).count == offered.count else { return nil }
        return offered
    }

    /// The client's most preferred subprotocol that the server supports. Case matters.
    package static func chooseSubprotocol(offered: [String], supported: [String]) -> String? {
        offered.first { candidate in supported.contains { $0.isSame(as: candidate) } }
    }
}
