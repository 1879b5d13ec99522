@testable import UVCore
@testable import UVHTTP

extension FuzzTarget {
    /// Paths at a table of routes: which route, and what stands for its names.
    static let path = FuzzTarget("path", "paths of requests, and the names of routes") { bytes in
        let path = [UInt8(ascii: "/")] + bytes.filter { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "?") }
        let segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let texts = segments.map(decoded)
        let found = find(path)
        try expect(
            found.route == plainSearch(texts), "\(found.route ?? "none"): \(String(decoding: path, as: UTF8.self))")
        for (number, text) in texts.enumerated() {
            let place = path.span.bytes.segment(number)
            guard let place else { throw Finding(description: "there is no segment \(number)") }
            let read = path.span.bytes.withDecodedSegment(place) { [UInt8](copying: $0) }
            try expect(read == text, "segment \(number) is \(read), and not \(text)")
        }
        try expect(path.span.bytes.segment(texts.count) == nil, "there are more than \(texts.count) segments")
        // Any byte but a slash may be encoded, and it is the same path.
        let encoded = texts.flatMap { [UInt8(ascii: "/")] + $0.flatMap(percentEncoded) }
        try expect(find(encoded).route == found.route, "encoded it leads elsewhere: \(found.route ?? "none")")
        if let named = found.named {
            try expect(path[named].isEmpty == false || found.route == "/files/*", "an empty name: \(named)")
        }
    }

    static let routes = [
        "/", "/tasks", "/tasks/count", "/tasks/:id", "/tasks/:id/resolve", "/:a/b", "/files/*", "/a b/é",
    ]

    private static func find(_ path: [UInt8]) -> (route: String?, named: Range<Int>?) {
        var table = RouteTable<String>()
        for route in routes { table.insert(route, .get, RoutePath(route)) }
        guard case .found(let route, let named) = table.match(.get, path.span.bytes) else { return (nil, nil) }
        return (route, route.contains(where: { ":*".contains($0) }) ? named : nil)
    }

    /// The route as the rule says it: a literal goes before a name, and that before the rest.
    private static func plainSearch(_ path: [[UInt8]]) -> String? {
        let fitting = routes.filter { route in
            let parts = route.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            guard parts.last == "*" ? path.count >= parts.count : path.count == parts.count else { return false }
            return zip(parts, path).allSatisfy { part, text in
                part == "*" || (part.hasPrefix(":") ? !text.isEmpty : Array(part.utf8) == text)
            }
        }
        // Of two the one that has a literal where the other has a name first.
        return fitting.min { one, other in rank(one).lexicographicallyPrecedes(rank(other)) }
    }

    private static func rank(_ route: String) -> [Int] {
        route.split(separator: "/", omittingEmptySubsequences: false).map { $0 == "*" ? 2 : $0.hasPrefix(":") ? 1 : 0 }
    }
}

/// What `text` stands for: a `%` with two digits is one byte.
func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
        let digits = rest.prefix(2)
        let isEncoded =
            byte == UInt8(ascii: "%") && digits.count == 2
            && digits.allSatisfy { Character(Unicode.Scalar($0)).isASCII }
        if isEncoded, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
        {
            bytes.append(value)
            rest.removeFirst(2)
        } else {
            bytes.append(byte)
        }
    }
    return bytes
}

/// `byte` as `%` with two digits.
func percentEncoded(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
}
