/// What a path leads to: the chain with the handler at its end, and the names of the path's segments.
final class RouteTarget {
    let chain: Chain
    let names: [SegmentName]
    /// How many routes the router had before.
    let number: Int

    init(_ chain: Chain, _ names: [SegmentName], number: Int) {
        self.chain = chain
        self.names = names
        self.number = number
    }
}

/// A segment of a path that a route has a name for.
struct SegmentName {
    let name: String
    let segment: Int
}

/// The route of a request, and when it was found: most requests are those before them once more, and need no search.
struct FoundRoute {
    let target: RouteTarget

    /// Where the first segment lies in the path that the route has a name for; empty if it has none.
    let firstNamed: Range<Int>

    private let search: RouteSearch
    private let count: Int

    /// - Parameters:
    ///   - search: What has found it.
    ///   - count: How many routes that had.
    init(_ target: RouteTarget, firstNamed: Range<Int>, search: RouteSearch, _ count: Int) {
        self.target = target
        self.firstNamed = firstNamed
        self.search = search
        self.count = count
    }

    /// Whether a search would find it again, for the same head.
    @inline(__always)
    func isFound(by search: RouteSearch, _ count: Int) -> Bool {
        self.search === search && self.count == count
    }
}
