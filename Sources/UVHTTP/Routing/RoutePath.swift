/// The path of a route, as the program writes it: `/tasks/:id`, `/files/*`.
struct RoutePath {
    enum Segment {
        case literal([UInt8])
        /// `:name`: any one segment that is not empty.
        case parameter
        /// `*`, the last one: all segments from here on.
        case rest
    }

    let text: String
    let segments: [Segment]

    /// The names of its parameters and the places of their segments; `*` is the name of the rest.
    let names: [(name: String, segment: Int)]

    /// - Precondition: `text` begins with a slash, and only its last segment is `*`.
    init(_ text: String) {
        precondition(text.utf8.first == UInt8(ascii: "/"), "a route's path begins with a slash: \(text)")
        let parts = text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        self.text = text
        segments = parts.map(Self.segment)
        names = zip(parts, segments).enumerated().compactMap { place, part in
            switch part.1 {
            case .literal: nil
            case .parameter: (String(Substring(part.0.dropFirst())), place)
            case .rest: ("*", place)
            }
        }
        let rests = names.filter { $0.name.utf8.elementsEqual("*".utf8) }
        precondition(
            rests.allSatisfy { $0.segment == segments.count - 1 }, "only the last segment of a route is *: \(text)")
    }

    private static func segment(_ part: Substring.UTF8View) -> Segment {
        if part.first == UInt8(ascii: ":") { return .parameter }
        return part.elementsEqual("*".utf8) ? .rest : .literal(Array(part))
    }
}
