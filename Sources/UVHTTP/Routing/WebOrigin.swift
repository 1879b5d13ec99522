import UVCore

/// Where a web page comes from, as browsers name it in `Origin`: scheme, host, and the port if it is not the scheme's
/// own. RFC 6454, WHATWG URL.
///
/// ```swift
/// try WebOrigin("HTTP://Example.ORG:80").text   // http://example.org
/// ```
public struct WebOrigin: Hashable, Sendable {
    /// The bytes that a browser sends for it.
    let bytes: [UInt8]

    /// The origin as a browser sends it.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// A text that no page's origin is.
    public struct Invalid: Error, Sendable {
        /// What is wrong with it, as the rest of a sentence that begins with "an origin".
        public let reason: String
    }

    /// Reads what a person writes, and makes of it what a browser would send: scheme and host in lower case, no port
    /// where it is the scheme's own, an IPv6 address in its one short form.
    ///
    /// - Throws: ``Invalid`` for what browsers never send: user, path (a lone slash too), query, a port that is none, a
    ///   host that is not ASCII or that a browser would change, `null`, `*`.
    public init(_ text: String) throws(Invalid) {
        let input = Array(text.utf8)
        guard input.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            let isASCII = input.allSatisfy { $0 < 0x80 }
            throw Invalid(
                reason: isASCII
                    ? "has no white space" : "is ASCII: other letters of a host are written as browsers do, xn--…")
        }
        guard let colon = Self.place(of: "://", in: input), colon > 0 else {
            throw Invalid(reason: "begins with a scheme, as http://")
        }
        let scheme = input[..<colon].map(\.asciiLowercased)
        try Self.check(scheme: scheme)
        let authority = input[(colon + 3)...]
        let (host, portText) = try Self.hostAndPort(authority)
        let port = try portText.map { text throws(Invalid) in try Self.port(text) }
        bytes = scheme + Array("://".utf8) + (try Self.normalized(host: host)) + Self.suffix(port, scheme)
    }

    /// An origin whose parts are known to be right.
    package init(scheme: StaticString = "http", host: String, port: Int) {
        let scheme = Array("\(scheme)".utf8)
        bytes = scheme + Array("://".utf8) + Array(host.utf8) + Self.suffix(port, scheme)
    }

    /// Whether `value` of an `Origin` field names it: byte by byte, for browsers send one form alone.
    /// - Complexity: O(1) where the lengths differ.
    public func isNamed(by value: String) -> Bool { value.utf8.elementsEqual(bytes) }
}

// MARK: - Parts

extension WebOrigin {
    private static func check(scheme: [UInt8]) throws(Invalid) {
        let isName = scheme.allSatisfy { byte in
            HTTPGrammar.isDigit(byte) || HTTPGrammar.isLetter(byte) || "+-.".utf8.contains(byte)
        }
        guard isName, let first = scheme.first, HTTPGrammar.isLetter(first) else {
            throw Invalid(reason: "begins with a scheme, as http://")
        }
        guard !pageless.contains(scheme) else {
            throw Invalid(reason: "has the scheme that its page was loaded by, as http or https")
        }
    }

    /// Schemes by which no page with an origin of its own is loaded.
    private static let pageless = ["ws", "wss", "ftp", "file", "data", "blob", "about", "javascript", "mailto"]
        .map { Array($0.utf8) }

    /// Cuts `host:port`; the brackets stay with the address in them.
    private static func hostAndPort(
        _ authority: ArraySlice<UInt8>
    ) throws(Invalid) -> (host: ArraySlice<UInt8>, port: ArraySlice<UInt8>?) {
        if authority.contains(UInt8(ascii: "@")) { throw Invalid(reason: "names no user") }
        if authority.contains(where: "/\\".utf8.contains) { throw Invalid(reason: "has no path, not even a slash") }
        if authority.contains(where: "?#".utf8.contains) { throw Invalid(reason: "has no query and no fragment") }
        let end = authority.first == UInt8(ascii: "[") ? authority.firstIndex(of: UInt8(ascii: "]")) : nil
        guard let colon = authority[(end ?? authority.startIndex)...].firstIndex(of: UInt8(ascii: ":")) else {
            return (authority, nil)
        }
        return (authority[..<colon], authority[(colon + 1)...])
    }

    private static func port(_ text: ArraySlice<UInt8>) throws(Invalid) -> Int {
        let number = text.prefix(6).reduce(0) { $0 * 10 + Int($1) - Int(UInt8(ascii: "0")) }
        guard (1...5).contains(text.count), text.allSatisfy(HTTPGrammar.isDigit), (1...65_535).contains(number) else {
            throw Invalid(reason: "has a port from 1 to 65535 or none")
        }
        return number
    }

    private static func suffix(_ port: Int?, _ scheme: [UInt8]) -> [UInt8] {
        guard let port, !(port == 80 && scheme == Array("http".utf8)), !(port == 443 && scheme == Array("https".utf8))
        else { return [] }
        return Array(":\(port)".utf8)
    }

    private static func place(of mark: String, in bytes: [UInt8]) -> Int? {
        let mark = Array(mark.utf8)
        guard bytes.count >= mark.count else { return nil }
        return (0...(bytes.count - mark.count)).first { bytes[$0..<($0 + mark.count)].elementsEqual(mark) }
    }
}

// MARK: - Host

extension WebOrigin {
    private static func normalized(host: ArraySlice<UInt8>) throws(Invalid) -> [UInt8] {
        if host.first == UInt8(ascii: "[") {
            guard host.last == UInt8(ascii: "]"), let address = IPv6Text(host.dropFirst().dropLast()) else {
                throw Invalid(reason: "has in brackets an IPv6 address without a zone")
            }
            return Array("[\(address.canonical)]".utf8)
        }
        let name = host.map(\.asciiLowercased)
        guard isName(name) else {
            throw Invalid(reason: "has a host of letters, digits, - . and _, at most 63 between two dots")
        }
        // Browsers take a name that ends with a number for an address, and write all its forms as four decimals.
        guard !endsWithNumber(name) || IPv4Text(name) != nil else {
            throw Invalid(reason: "has an IPv4 address of four decimal numbers, or a host that ends with no number")
        }
        return name
    }

    private static func isName(_ name: [UInt8]) -> Bool {
        guard (1...253).contains(name.count), name.allSatisfy(isNameByte) else { return false }
        // A dot behind the last label is a part of the name.
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let inner = labels.count > 1 && labels.last?.isEmpty == true ? labels.dropLast() : labels[...]
        return inner.allSatisfy { (1...63).contains($0.count) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        HTTPGrammar.isDigit(byte) || HTTPGrammar.isLetter(byte) || "-._".utf8.contains(byte)
    }

    /// WHATWG URL, "ends in a number": decimal digits, or `0x` with hexadecimal ones.
    private static func endsWithNumber(_ name: [UInt8]) -> Bool {
        guard let last = name.split(separator: UInt8(ascii: ".")).last else { return false }
        if last.allSatisfy(HTTPGrammar.isDigit) { return true }
        guard last.starts(with: "0x".utf8) else { return false }
        return last.dropFirst(2).allSatisfy { ChunkedDecoder.value(ofDigit: $0) != nil }
    }
}
