import UVCore

/// Where a request goes: `http://host:port/path?query`. RFC 9110 section 4.2.
///
/// What is left of the text is what is sent: no user (RFC 9110 section 4.2.4), no fragment, no `.` and `..` segments
/// (RFC 3986 section 5.2.4), and bytes that are not ASCII percent-encoded.
package struct HTTPURL: Sendable {
    package enum Scheme: Sendable {
        case http, https

        var name: String { self == .http ? "http" : "https" }

        var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme

    /// A name in lower case, or an address; one of IPv6 without its brackets.
    package let host: String
    package let port: Int

    /// The path, `/` at least, and the query with its `?`.
    package let path, query: String

    /// Path and query.
    package var target: String { path + query }

    /// Reads a URL; nil for another scheme, a user, a host or a port that cannot be, and control characters.
    ///
    /// - Complexity: O(length).
    package init?(_ text: String) {
        guard let bytes = Self.encoded(text), let (scheme, rest) = Self.scheme(of: bytes) else { return nil }
        let end = rest.firstIndex { "/?".utf8.contains($0) } ?? rest.endIndex
        guard let (host, port) = Self.split(rest[..<end]) else { return nil }
        self.init(scheme, host, port ?? scheme.defaultPort, rest[end...])
    }

    private init(_ scheme: Scheme, _ host: String, _ port: Int, _ target: ArraySlice<UInt8>) {
        (self.scheme, self.host, self.port) = (scheme, host, port)
        let end = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        path = String(decoding: Self.withoutDots(target[..<end]), as: UTF8.self)
        query = String(decoding: target[end...], as: UTF8.self)
    }

    /// What is in the place of a URL that is none.
    static let nowhere = HTTPURL(.http, "", 0, [])

    /// What a reference in a page of this URL leads to: the target of a redirect. RFC 3986 section 5.2.2.
    ///
    /// - Complexity: O(length of both).
    package func resolving(_ reference: String) -> HTTPURL? {
        guard let bytes = Self.encoded(reference) else { return nil }
        if Self.hasScheme(bytes) { return HTTPURL(reference) }
        if bytes.starts(with: "//".utf8) { return HTTPURL("\(scheme.name):\(reference)") }
        return HTTPURL(scheme, host, port, merged(with: bytes)[...])
    }

    private func merged(with reference: [UInt8]) -> [UInt8] {
        switch reference.first {
        case nil: return Array(target.utf8)
        case UInt8(ascii: "?"): return Array(path.utf8) + reference
        case UInt8(ascii: "/"): return reference
        default:
            let base = Array(path.utf8)
            let end = (base.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
            return base[..<end] + reference
        }
    }
}

// MARK: - What it is called

extension HTTPURL {
    /// Host and port as the `Host` field names them: no port where it is the scheme's own. RFC 9110 section 7.2.
    package var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == scheme.defaultPort ? name : "\(name):\(port)"
    }

    package var text: String { "\(scheme.name)://\(authority)\(target)" }

    package var origin: HTTPOrigin { HTTPOrigin(scheme: scheme, host: ByteText(host), port: port) }
}

/// What a connection leads to, and what credentials belong to. RFC 9110 section 4.3.1.
package struct HTTPOrigin: Hashable, Sendable {
    package let scheme: HTTPURL.Scheme
    package let host: ByteText
    package let port: Int
}

// MARK: - Its parts

extension HTTPURL {
    /// The bytes before the fragment, those that no URL has percent-encoded; nil with a control character.
    private static func encoded(_ text: String) -> [UInt8]? {
        let bytes = text.utf8.prefix { $0 != UInt8(ascii: "#") }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return bytes.flatMap { byte in
            byte > 0x20 && byte < 0x80 ? [byte] : [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)]
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func scheme(of bytes: [UInt8]) -> (Scheme, ArraySlice<UInt8>)? {
        for scheme in [Scheme.http, .https] {
            let start = "\(scheme.name)://"
            if bytes.prefix(start.utf8.count).lazy.map(\.asciiLowercased).elementsEqual(start.utf8) {
                return (scheme, bytes.dropFirst(start.utf8.count))
            }
        }
        return nil
    }

    /// Whether a reference begins with `scheme:`, RFC 3986 section 3.1.
    private static func hasScheme(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, HTTPGrammar.isLetter(first),
            let end = bytes.firstIndex(where: { ":/?".utf8.contains($0) })
        else { return false }
        return bytes[end] == UInt8(ascii: ":")
    }

    private static func split(_ authority: ArraySlice<UInt8>) -> (host: String, port: Int?)? {
        let bracket = authority.first == UInt8(ascii: "[") ? authority.firstIndex(of: UInt8(ascii: "]")) : nil
        let colon = authority[(bracket ?? authority.startIndex)...].firstIndex(of: UInt8(ascii: ":"))
        guard let host = host(authority[..<(colon ?? authority.endIndex)]) else { return nil }
        guard let colon, colon + 1 < authority.endIndex else { return (host, nil) }
        guard let port = port(authority[(colon + 1)...]) else { return nil }
        return (host, port)
    }

    private static func host(_ text: ArraySlice<UInt8>) -> String? {
        if text.first == UInt8(ascii: "[") {
            guard text.last == UInt8(ascii: "]") else { return nil }
            return IPv6Text(text.dropFirst().dropLast())?.canonical
        }
        let isName =
            (1...255).contains(text.count)
            && text.allSatisfy { byte in
                HTTPGrammar.isLetter(byte) || HTTPGrammar.isDigit(byte) || "-._".utf8.contains(byte)
            }
        return isName ? String(decoding: text, as: UTF8.self).asciiLowercased : nil
    }

    private static func port(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.count <= 5, digits.allSatisfy(HTTPGrammar.isDigit) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return (1...65_535).contains(number) ? number : nil
    }

    /// A path without `.` and `..` segments, RFC 3986 section 5.2.4; one that is empty is `/`.
    private static func withoutDots(_ path: ArraySlice<UInt8>) -> [UInt8] {
        let segments = path.drop { $0 == UInt8(ascii: "/") && path.count == 1 }
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        var kept: [ArraySlice<UInt8>] = []
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            if segment.elementsEqual("..".utf8) { _ = kept.popLast() }
            if segment.elementsEqual("..".utf8) || segment.elementsEqual(".".utf8) {
                if isLast { kept.append([]) }
            } else {
                kept.append(segment)
            }
        }
        return kept.isEmpty ? [UInt8(ascii: "/")] : kept.flatMap { [UInt8(ascii: "/")] + $0 }
    }
}
