import UVCore

/// The names that a request's path leads by, percent-decoded, from the folder that is served. A pure value.
///
/// What could lead elsewhere is no such path: `..`, a slash or backslash that was encoded, a null byte; and what begins
/// with a dot is not for the world.
struct FilePath {
    /// The names; none for the folder itself.
    let names: [String]

    /// Whether a slash stands behind the last: a folder is asked for.
    let endsWithSlash: Bool

    /// - Parameters:
    ///   - path: As it was sent, without the query.
    ///   - prefix: The names that come before; nil comes of a path without them.
    init?(_ path: String, below prefix: [String] = []) {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        var names: [String] = []
        var prefix = prefix[...]
        for segment in path.utf8.split(separator: UInt8(ascii: "/")) {
            guard let bytes = Self.decoded(segment) else { return nil }
            if let expected = prefix.popFirst() {
                guard bytes.elementsEqual(expected.utf8) else { return nil }
            } else {
                guard let name = Self.name(bytes) else { return nil }
                names.append(name)
            }
        }
        guard prefix.isEmpty else { return nil }
        self.names = names
        endsWithSlash = path.utf8.last == UInt8(ascii: "/")
    }

    /// The path below `folder`.
    func path(in folder: String) -> String { ([folder] + names).joined(separator: "/") }

    /// A segment, percent-decoded (RFC 3986 section 2.1); nil where a `%` has not two digits.
    private static func decoded(_ segment: Substring.UTF8View) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = segment
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// The name that `bytes` are, if it may be asked for.
    private static func name(_ bytes: [UInt8]) -> String? {
        let isRefused = bytes.contains { $0 == 0 || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        guard !isRefused, bytes.first != UInt8(ascii: ".") else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension String {
    /// Whether this path, which is whole and without links, lies in the folder `root`, which is so too, and none of the
    /// names between begins with a dot.
    func isServed(from root: String) -> Bool {
        let bytes = utf8
        let start = root.utf8.last == UInt8(ascii: "/") ? root.utf8.dropLast() : root.utf8[...]
        guard bytes.starts(with: start) else { return false }
        let rest = bytes.dropFirst(start.count)
        guard let slash = rest.first else { return true }
        return slash == UInt8(ascii: "/")
            && !rest.split(separator: UInt8(ascii: "/")).contains { $0.first == UInt8(ascii: ".") }
    }
}
