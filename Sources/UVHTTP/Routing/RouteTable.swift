import UVCore

/// Routes by the segments of their paths: a tree in which each step down is one segment, flat in one array.
///
/// ```
/// /tasks                     nodes   0 ─► tasks 1 ─┬─ count 2
///    ├─ /count                                     └─ :     3 ─► resolve 4
///    └─ /:id ── /resolve             a node knows its first child, and each child the next one
/// ```
///
/// A literal segment is tried before a `:name`, and that before a `*`; where one leads to no route, of any method, the next
/// is tried after all. Nothing is kept of what stands for a name: a segment of the route is the same segment of the path.
///
/// Not copyable, so that a look-up takes no copy of it.
struct RouteTable<Value>: ~Copyable {
    /// What a path leads to.
    enum Match {
        /// With the place of the first segment in the path that the route has a name for; empty if it has none.
        case found(Value, named: Range<Int>)
        /// The path exists, with these methods.
        case otherMethods([RequestMethod])
        case none
    }

    private struct Node {
        /// Where its literal segment lies in `text`.
        var literal = 0..<0
        /// Its first byte; 0 if it is empty.
        var first: UInt8 = 0
        // Places in `nodes`; 0, the root, is the child of none.
        var firstChild = 0
        var nextChild = 0
        var parameter = 0
        var rest = 0
        var values: [(method: RequestMethod, value: Value)] = []
        /// Those of `values`, as the program has written them.
        var paths: [String] = []
    }

    private var nodes = [Node()]
    private var text: [UInt8] = []

    /// The methods of all routes.
    var methods: Set<RequestMethod> { Set(nodes.flatMap { $0.values.map(\.method) }) }

    /// Adds a route.
    ///
    /// - Precondition: There is none for `method` whose path differs in the names of its parameters at most.
    mutating func insert(_ value: Value, _ method: RequestMethod, _ path: RoutePath) {
        var node = 0
        for segment in path.segments { node = child(of: node, for: segment) }
        if let place = nodes[node].values.firstIndex(where: { $0.method == method }) {
            programError("\(method.name) \(path.text) has a route already: \(nodes[node].paths[place])")
        }
        nodes[node].values.append((method, value))
        nodes[node].paths.append(path.text)
    }

    /// Finds the route of a path. HEAD finds what GET does, if it has no route of its own.
    ///
    /// - Complexity: O(length of the path × segments it is compared with).
    func match(_ method: RequestMethod, _ path: RawSpan) -> Match {
        var named = 0..<0
        guard path.byteCount > 0, path.byte(at: 0) == UInt8(ascii: "/"),
            let node = find(path, from: 1, below: 0, &named)
        else { return .none }
        if let value = value(of: node, method) ?? (method == .head ? value(of: node, .get) : nil) {
            return .found(value, named: named)
        }
        return .otherMethods(nodes[node].values.map(\.method))
    }

    private func value(of node: Int, _ method: RequestMethod) -> Value? {
        for index in nodes[node].values.indices where nodes[node].values[index].method == method {
            return nodes[node].values[index].value
        }
        return nil
    }

    /// The node at the end of the path that begins at `start`, and the first named segment behind that. It calls itself no
    /// deeper than the routes are.
    private func find(_ path: RawSpan, from start: Int, below node: Int, _ named: inout Range<Int>) -> Int? {
        if start > path.byteCount { return nodes[node].values.isEmpty ? nil : node }
        let segment = start..<path.endOfSegment(from: start)
        let first = segment.isEmpty ? 0 : path.byte(at: start)
        var child = nodes[node].firstChild
        while child != 0 {
            // Most differ in the first byte, unless it is encoded.
            if first == nodes[child].first || first == UInt8(ascii: "%"),
                path.isSegment(segment, text.span.extracting(nodes[child].literal)),
                let found = find(path, from: segment.upperBound + 1, below: child, &named)
            {
                return found
            }
            child = nodes[child].nextChild
        }
        let parameter = nodes[node].parameter
        if parameter != 0, !segment.isEmpty,
            let found = find(path, from: segment.upperBound + 1, below: parameter, &named)
        {
            named = segment
            return found
        }
        let rest = nodes[node].rest
        if rest != 0 { named = segment }
        return rest == 0 ? nil : rest
    }

    // MARK: Building

    /// The node that `segment` leads to, made if there is none.
    private mutating func child(of node: Int, for segment: RoutePath.Segment) -> Int {
        switch segment {
        case .parameter:
            if nodes[node].parameter == 0 { nodes[node].parameter = makeNode() }
            return nodes[node].parameter
        case .rest:
            if nodes[node].rest == 0 { nodes[node].rest = makeNode() }
            return nodes[node].rest
        case .literal(let bytes):
            return literalChild(of: node, bytes)
        }
    }

    private mutating func literalChild(of node: Int, _ bytes: [UInt8]) -> Int {
        var last = 0
        var child = nodes[node].firstChild
        while child != 0 {
            if text[nodes[child].literal].elementsEqual(bytes) { return child }
            (last, child) = (child, nodes[child].nextChild)
        }
        let made = makeNode()
        nodes[made].literal = text.count..<text.count + bytes.count
        nodes[made].first = bytes.first ?? 0
        text += bytes
        if last == 0 { nodes[node].firstChild = made } else { nodes[last].nextChild = made }
        return made
    }

    private mutating func makeNode() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }
}
