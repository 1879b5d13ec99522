extension IncomingMessage {
    /// Whether the request asks for `path`, compared as ``Router`` compares: a letter may be percent-encoded, a slash may
    /// not, and nothing is folded.
    ///
    /// For code that looks at a request before a router does, such as ``HTTPServer/shouldUpgrade``.
    /// - Complexity: O(length of `path`).
    public func asks(for path: String) -> Bool { withPath { $0.isPath(path) } }

    /// Whether the path lies below these segments, as a ``Router`` reads it: `/d%65mo/x` lies below `demo`.
    ///
    /// For middleware, which runs before a route is found.
    /// - Complexity: O(length of the path).
    package func isBelow(_ segments: StaticString...) -> Bool {
        withPath { path in
            var start = 1
            for segment in segments {
                guard start <= path.byteCount else { return false }
                let range = start..<path.endOfSegment(from: start)
                let isSame = segment.withUTF8Buffer { path.isSegment(range, $0.span) }
                guard isSame, range.upperBound < path.byteCount else { return false }
                start = range.upperBound + 1
            }
            return true
        }
    }
}
