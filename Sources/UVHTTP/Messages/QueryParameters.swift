import UVCore

/// The parameters of a query, as `URLSearchParams` of a browser and of Node reads them: `a=1&b=two+words&c=%E2%82%AC`.
///
/// ```swift
/// let limit = request.query["limit"].flatMap { Int($0) } ?? 50
/// let tags = request.query.all("tag")              // ?tag=a&tag=b
/// for (name, value) in request.query { … }         // in the order they were sent
/// ```
///
/// It keeps the text and no more: each question reads it anew, and decodes what it returns. A plus is a space, `%41` the
/// byte that it stands for, a `%` without two hexadecimal digits is itself; what is not UTF-8 then becomes U+FFFD. Names are
/// compared as bytes, decoded, with no letter folded.
///
/// The query of a request is bounded by its head, see ``HTTPLimits``. Bodies of the type
/// `application/x-www-form-urlencoded` have the same form.
public struct QueryParameters: Sendable {
    /// The query as it was sent, without the `?`; nil for a target that has none.
    public let text: String?

    /// - Parameter text: What follows the `?`, as it was sent; nil for no query.
    public init(_ text: String?) { self.text = text }

    /// The first value of the parameter `name`; nil if it is not there, empty if it has no `=`.
    ///
    /// - Complexity: O(length of the query).
    public subscript(name: String) -> String? {
        withBytes { query in
            var place = QueryPlace()
            while place.advance(in: query) {
                if query.isDecoded(place.name, name.utf8Span.span.bytes) { return query.decodedQuery(place.value) }
            }
            return nil
        }
    }

    /// All values of the parameter `name`, in the order they were sent.
    ///
    /// - Complexity: O(length of the query).
    public func all(_ name: String) -> [String] {
        withBytes { query in
            var values: [String] = []
            var place = QueryPlace()
            while place.advance(in: query) {
                if query.isDecoded(place.name, name.utf8Span.span.bytes) {
                    values.append(query.decodedQuery(place.value))
                }
            }
            return values
        }
    }

    /// Whether there is no parameter.
    public var isEmpty: Bool {
        withBytes { query in
            var place = QueryPlace()
            return !place.advance(in: query)
        }
    }

    private func withBytes<Value>(_ body: (RawSpan) -> Value) -> Value {
        guard let text else { return body(RawSpan()) }
        return body(text.utf8Span.span.bytes)
    }
}

extension QueryParameters: Sequence {
    /// Walks the parameters, and decodes each when its turn comes.
    public struct Iterator: IteratorProtocol {
        private let query: QueryParameters
        private var place = QueryPlace()

        init(_ query: QueryParameters) { self.query = query }

        /// The next parameter, decoded.
        public mutating func next() -> (name: String, value: String)? {
            query.withBytes { query in
                guard place.advance(in: query) else { return nil }
                return (query.decodedQuery(place.name), query.decodedQuery(place.value))
            }
        }
    }

    public func makeIterator() -> Iterator { Iterator(self) }
}

extension IncomingMessage {
    /// The parameters of the target's query. A request that is not asked for them pays nothing.
    public var query: QueryParameters { QueryParameters(exchange.head.query) }
}

/// Where one parameter lies in a query.
private struct QueryPlace {
    private(set) var name = 0..<0
    private(set) var value = 0..<0
    private var next = 0

    /// Goes on to the next parameter: an empty piece between two `&` is none. False if there is none.
    mutating func advance(in query: RawSpan) -> Bool {
        while next < query.byteCount {
            let pair = next..<query.firstOffset(of: UInt8(ascii: "&"), in: next..<query.byteCount)
            next = pair.upperBound + 1
            guard !pair.isEmpty else { continue }
            let end = query.firstOffset(of: UInt8(ascii: "="), in: pair)
            name = pair.lowerBound..<end
            value = min(end + 1, pair.upperBound)..<pair.upperBound
            return true
        }
        return false
    }
}

extension RawSpan {
    /// Whether what stands in a query's `range` is `name`, once it is decoded.
    fileprivate func isDecoded(_ range: Range<Int>, _ name: RawSpan) -> Bool {
        guard range.count >= name.byteCount else { return false }
        var offset = range.lowerBound
        for index in name.byteOffsets {
            guard offset < range.upperBound else { return false }
            let (byte, next) = decodedQueryByte(at: offset, in: range)
            guard byte == name.byte(at: index) else { return false }
            offset = next
        }
        return offset == range.upperBound
    }

    /// As ``decodedByte(at:in:)``, a plus being a space.
    func decodedQueryByte(at offset: Int, in range: Range<Int>) -> (UInt8, Int) {
        if byte(at: offset) == UInt8(ascii: "+") { return (UInt8(ascii: " "), offset + 1) }
        return decodedByte(at: offset, in: range)
    }
}
