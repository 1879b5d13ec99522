/// Routes by the segments of their paths: a tree in which each step down is one segment.
///
/// ```
/// tasks ─┬─ count          GET
///        └─ :id ─┬─        GET PUT DELETE
///                └─ resolve  GET
/// ```
///
/// A literal segment is tried before a `:name`; if the literal leads nowhere, the name is tried after all.
struct RouteTree<Route> {
    private final class Node {
        var literals: [(segment: [UInt8], node: Node)] = []
        var parameter: Node?
        var routes: [(method: RequestMethod, names: [String], route: Route)] = []

        /// The node that `segment` leads to, made if there is none.
        func child(for segment: Substring.UTF8View) -> Node {
            if segment.first == UInt8(ascii: ":") {
                let child = parameter ?? Node()
                parameter = child
                return child
            }
            let literal = Array(segment)
            if let found = literals.first(where: { $0.segment == literal }) { return found.node }
            let child = Node()
            literals.append((literal, child))
            return child
        }
    }

    /// What a path leads to.
    enum Match {
        case found(Route, PathParameters)
        /// The path exists, with these methods.
        case otherMethods([RequestMethod])
        case none
    }

    private let root = Node()

    /// Adds a route. A later one with the same path and method takes the place of the earlier.
    ///
    /// - Precondition: `path` begins with `/`.
    mutating func insert(_ route: Route, _ method: RequestMethod, _ path: String) {
        precondition(path.utf8.first == UInt8(ascii: "/"), "a route's path begins with a slash: \(path)")
        let segments = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let names = segments.filter { $0.first == UInt8(ascii: ":") }.map { String(Substring($0.dropFirst())) }
        let node = segments.reduce(root) { $0.child(for: $1) }
        node.routes.removeAll { $0.method == method }
        node.routes.append((method, names, route))
    }

    /// Finds the route of a path. HEAD finds what GET does, if it has no route of its own.
    ///
    /// - Complexity: O(length of the path × segments it is compared with).
    func match(_ method: RequestMethod, _ path: RawSpan) -> Match {
        var values: [Range<Int>] = []
        guard path.byteCount > 0, path.byte(at: 0) == UInt8(ascii: "/"),
            let node = Self.find(root, path, from: 1, &values)
        else { return .none }
        let wanted = node.routes.first { $0.method == method }
        guard let found = wanted ?? node.routes.first(where: { method == .head && $0.method == .get }) else {
            return .otherMethods(node.routes.map(\.method))
        }
        guard !values.isEmpty else { return .found(found.route, PathParameters()) }
        let texts = values.map { path.decodedSegment($0) }
        return .found(found.route, PathParameters(names: found.names, values: texts))
    }

    /// The node at the end of the path that begins at `start`. No deeper than the routes are.
    private static func find(_ node: Node, _ path: RawSpan, from start: Int, _ values: inout [Range<Int>]) -> Node? {
        if start > path.byteCount { return node.routes.isEmpty ? nil : node }
        let segment = start..<path.endOfSegment(from: start)
        for (literal, child) in node.literals where path.isSegment(segment, literal) {
            if let found = find(child, path, from: segment.upperBound + 1, &values) { return found }
        }
        guard let child = node.parameter, !segment.isEmpty else { return nil }
        values.append(segment)
        if let found = find(child, path, from: segment.upperBound + 1, &values) { return found }
        values.removeLast()
        return nil
    }
}

// MARK: - Segments

extension RawSpan {
    /// The offset of the next slash, or the end.
    func endOfSegment(from start: Int) -> Int {
        var offset = start
        while offset < byteCount, byte(at: offset) != UInt8(ascii: "/") { offset += 1 }
        return offset
    }

    /// Whether a segment is `literal`, plain or percent-encoded: both are the same path, RFC 3986 section 2.3.
    func isSegment(_ range: Range<Int>, _ literal: [UInt8]) -> Bool {
        var offset = range.lowerBound
        for expected in literal {
            guard offset < range.upperBound else { return false }
            let (byte, next) = decodedByte(at: offset, in: range)
            guard byte == expected else { return false }
            offset = next
        }
        return offset == range.upperBound
    }

    /// A segment's text, percent-decoded; what is not UTF-8 then becomes U+FFFD.
    fileprivate func decodedSegment(_ range: Range<Int>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let (byte, next) = decodedByte(at: offset, in: range)
            bytes.append(byte)
            offset = next
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The byte that stands at `offset`, a `%` with two digits being one, and the offset behind it.
    private func decodedByte(at offset: Int, in range: Range<Int>) -> (UInt8, Int) {
        let byte = byte(at: offset)
        guard byte == UInt8(ascii: "%"), offset + 2 < range.upperBound,
            let high = ChunkedDecoder.value(ofDigit: self.byte(at: offset + 1)),
            let low = ChunkedDecoder.value(ofDigit: self.byte(at: offset + 2))
        else { return (byte, offset + 1) }
        return (UInt8(truncatingIfNeeded: high << 4 | low), offset + 3)
    }
}

// MARK: - One path

extension RawSpan {
    /// Whether this path is `path`, segment by segment as a route's.
    func isPath(_ path: String) -> Bool {
        var offset = 0
        for literal in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard offset <= byteCount else { return false }
            let end = endOfSegment(from: offset)
            guard isSegment(offset..<end, Array(literal)) else { return false }
            offset = end + 1
        }
        return offset == byteCount + 1
    }
}

extension IncomingMessage {
    /// Whether the request asks for `path`, compared as ``Router`` compares: a letter may be percent-encoded, a slash may
    /// not, and nothing is folded.
    ///
    /// For code that looks at a request before a router does, such as ``HTTPServer/shouldUpgrade``.
    /// - Complexity: O(length of `path`).
    public func asks(for path: String) -> Bool { withPath { $0.isPath(path) } }
}
