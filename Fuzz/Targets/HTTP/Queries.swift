@testable import UVHTTP

extension FuzzTarget {
    /// A line is a query, the next one a field of cookies.
    static let query = FuzzTarget("query", "queries and cookies") { bytes in
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        try checkQuery(Array(lines[0]))
        if lines.count > 1 { try checkCookies(String(decoding: lines[1], as: UTF8.self)) }
    }

    private static func checkQuery(_ bytes: [UInt8]) throws {
        let query = QueryParameters(String(decoding: bytes, as: UTF8.self))
        let text = Array((query.text ?? "").utf8)
        let pairs = query.map { ($0.name, $0.value) }
        let plain = text.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (plainText(parts[0]), parts.count > 1 ? plainText(parts[1]) : "")
        }
        try expect(isSame(pairs, plain), "\(pairs), and not \(plain)")
        try expect(query.isEmpty == pairs.isEmpty, "it is empty, or not")
        for (name, value) in pairs where !name.unicodeScalars.contains("\u{FFFD}") {
            let first = pairs.first { $0.0.isSame(as: name) }?.1
            try expect(first.map { query[name]?.isSame(as: $0) ?? false } ?? false, "\(name) is not \(value)")
            let all = pairs.filter { $0.0.isSame(as: name) }.map(\.1)
            try expect(query.all(name).elementsEqual(all) { $0.isSame(as: $1) }, "\(name) has \(query.all(name))")
        }
    }

    private static func plainText(_ text: ArraySlice<UInt8>) -> String {
        let spaced = text.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        return String(decoding: decoded(spaced[...]), as: UTF8.self)
    }

    private static func checkCookies(_ text: String) throws {
        let pairs = RequestCookies(text).map { ($0.name, $0.value) }
        try expect(RequestCookies(text).isEmpty == pairs.isEmpty, "there are none, or some")
        for (name, _) in pairs {
            let first = pairs.first { $0.0.isSame(as: name) }?.1
            try expect(
                !name.isEmpty && RequestCookies(text)[name].map { first?.isSame(as: $0) ?? false } ?? false, name)
        }
        let written = pairs.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: "; ")
        let again = RequestCookies(written).map { ($0.name, $0.value) }
        try expect(isSame(again, pairs), "written again they are \(again), and not \(pairs)")
    }

    private static func isSame(_ one: [(String, String)], _ other: [(String, String)]) -> Bool {
        one.elementsEqual(other) { $0.0.isSame(as: $1.0) && $0.1.isSame(as: $1.1) }
    }
}

extension String {
    fileprivate func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
