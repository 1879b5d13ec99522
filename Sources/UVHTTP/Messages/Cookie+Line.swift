import UVCore

extension Cookie {
    /// The value of its `Set-Cookie` field. RFC 6265 section 4.1.1.
    ///
    /// - Complexity: O(length of the text).
    func line() throws(CookieError) -> String {
        try check()
        var line = "\(name)=\(value)"
        if let path { line += "; Path=\(path)" }
        if let domain { line += "; Domain=\(domain)" }
        if let maxAge { line += "; Max-Age=\(maxAge.seconds(countingBegun: true))" }
        if let expires {
            var date: [UInt8] = []
            HTTPDate(secondsSince1970: expires.seconds(countingBegun: false)).append(to: &date)
            line += "; Expires=\(String(decoding: date, as: UTF8.self))"
        }
        if secure { line += "; Secure" }
        if httpOnly { line += "; HttpOnly" }
        switch sameSite {
        case .strict: line += "; SameSite=Strict"
        case .lax: line += "; SameSite=Lax"
        case .none: line += "; SameSite=None"
        case .unspecified: break
        }
        return line
    }

    private func check() throws(CookieError) {
        guard HTTPGrammar.isToken(name) else { throw .name }
        guard value.utf8.allSatisfy(Self.isValueByte) else { throw .value }
        guard name.utf8.count + value.utf8.count <= 4_096 else { throw .tooLong }
        if let path { try check(path: path) }
        if let domain { try check(domain: domain) }
        try checkPromises()
    }

    private func check(path: String) throws(CookieError) {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy(Self.isPathByte) else { throw .path }
        guard path.utf8.count <= Self.longestAttribute else { throw .tooLong }
    }

    private func check(domain: String) throws(CookieError) {
        guard !domain.isEmpty, domain.utf8.allSatisfy(Self.isDomainByte) else { throw .domain }
        guard domain.utf8.count <= Self.longestAttribute else { throw .tooLong }
    }

    /// What a name promises is compared without the case of its letters, as clients do.
    private func checkPromises() throws(CookieError) {
        let name = name.utf8.map(\.asciiLowercased)
        let isOfHost = name.starts(with: "__host-".utf8)
        if isOfHost || name.starts(with: "__secure-".utf8) || sameSite == .none {
            guard secure else { throw .notSecure }
        }
        if isOfHost {
            guard case .none = domain, path?.isSame(as: "/") ?? false else { throw .notOfHost }
        }
    }

    private static let longestAttribute = 1_024

    /// `cookie-octet`, RFC 6265 section 4.1.1.
    private static func isValueByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\\"): false
        default: (0x21...0x7E).contains(byte)
        }
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: ";")
    }

    private static func isDomainByte(_ byte: UInt8) -> Bool {
        HTTPGrammar.isLetter(byte) || HTTPGrammar.isDigit(byte) || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "-")
    }
}

extension Duration {
    /// What a cookie's attributes can say: nothing below zero, and no year of more than four digits.
    private var clamped: Duration { min(max(self, .zero), .seconds(253_402_300_799)) }

    /// In whole seconds; the one that has begun counts or does not.
    fileprivate func seconds(countingBegun: Bool) -> Int {
        let (seconds, rest) = clamped.components
        return Int(seconds) + (countingBegun && rest > 0 ? 1 : 0)
    }
}
