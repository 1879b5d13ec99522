import UVCore

/// The values of a route's `:name` segments, each decoded when it is asked for.
@LoopActor
public struct PathParameters {
    private let request: IncomingMessage

    init(of request: IncomingMessage) { self.request = request }

    /// The segment that `:name` stands for, percent-decoded; nil if the route has no such name.
    ///
    /// `"*"` is all that a last `*` stands for, as it was sent: decoded, a slash in a segment would look like one between
    /// two. See ``rest``.
    /// - Complexity: O(length of the path).
    public subscript(name: String) -> String? {
        guard let segment = segment(of: name) else { return nil }
        return request.withPath { path in
            guard let range = path.segment(segment) else { return nil }
            guard !name.isSame(as: "*") else {
                return path.extracting(droppingFirst: range.lowerBound).withUnsafeBytes {
                    String(decoding: $0, as: UTF8.self)
                }
            }
            return path.decodedSegment(range)
        }
    }

    /// The segments that a last `*` stands for, each percent-decoded; empty if the route has none.
    ///
    /// A segment may be `..` or hold a slash that was encoded: whether it names a file is for the program to say.
    public var rest: [String] {
        guard let first = segment(of: "*") else { return [] }
        return request.withPath { path in
            var segments: [String] = []
            var next = path.segment(first)
            while let range = next {
                segments.append(path.decodedSegment(range))
                let start = range.upperBound + 1
                next = start <= path.byteCount ? start..<path.endOfSegment(from: start) : nil
            }
            return segments
        }
    }

    /// The bytes of the segment that `:name` stands for, percent-decoded, for the time of `body`; nil if the route has no
    /// such name. Nothing is copied where nothing is encoded.
    public func withBytes<Value>(of name: String, _ body: (RawSpan) throws -> Value) rethrows -> Value? {
        guard let segment = segment(of: name) else { return nil }
        return try request.withPath { path in
            guard let range = path.segment(segment) else { return nil }
            return try path.withDecodedSegment(range, body)
        }
    }

    private func segment(of name: String) -> Int? {
        guard let route = request.exchange.state.route else { return nil }
        for named in route.target.names where named.name.isSame(as: name) { return named.segment }
        return nil
    }
}

extension IncomingMessage {
    /// Values of the route's `:name` segments, as ``Router`` found them.
    public var parameters: PathParameters { PathParameters(of: self) }
}
