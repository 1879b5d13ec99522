@testable import UVHTTPExtras

extension FuzzTarget {
    /// The path of a file that is served, and behind a line feed the value of `Range`.
    static let files = FuzzTarget("files", "paths of served files, and ranges of their bytes") { bytes in
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        try checkPath(String(decoding: lines[0], as: UTF8.self))
        if lines.count > 1 { try checkRanges(String(decoding: lines[1], as: UTF8.self)) }
    }

    private static func checkPath(_ text: String) throws {
        guard let path = FilePath(text) else { return }
        for name in path.names {
            let isPlain =
                !name.utf8.isEmpty && name.utf8.first != UInt8(ascii: ".")
                && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
            try expect(isPlain, "a file is asked for by the name \(name)")
        }
        try expect(path.path(in: "/srv/www").isServed(from: "/srv/www"), "\(text) leads out of the folder")
        try expect(!path.path(in: "/srv/www2").isServed(from: "/srv/www"), "\(text) leads from another folder")
        let encoded = path.names.map { "/" + String(decoding: $0.utf8.flatMap(percentEncoded), as: UTF8.self) }
        let again = FilePath(encoded.joined() + (path.endsWithSlash ? "/" : ""))
        let names = again?.names ?? []
        guard !path.names.isEmpty else { return }
        try expect(
            names.elementsEqual(path.names) { $0.utf8.elementsEqual($1.utf8) }
                && again?.endsWithSlash == path.endsWithSlash, "encoded it is \(names), and not \(path.names)")
        try expect(FilePath(text, below: path.names)?.names == [], "\(text) is not below itself")
    }

    private static func checkRanges(_ field: String) throws {
        for size in [0, 1, 10, 1_000, Int64.max - 100] {
            guard case .parts(let parts) = ByteRanges(field, size: size) else { continue }
            let isInside = parts.allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= size }
            try expect(isInside && (1...ByteRanges.mostParts).contains(parts.count), "\(parts) of \(size)")
            let length = parts.reduce(into: UInt64(0)) { $0 += UInt64($1.count) }
            try expect(parts.count == 1 || length <= UInt64(size), "\(length) bytes of \(size)")
            let written = "bytes=" + parts.map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ",")
            let again = ByteRanges(written, size: size)
            try expect(again == .parts(parts), "\(written) is \(again), and not \(parts)")
        }
    }
}
