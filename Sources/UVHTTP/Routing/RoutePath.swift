import UVCore

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
    let names: [SegmentName]

    /// - Precondition: `text` begins with a slash, only its last segment is `*`, and no two parameters have one name.
    init(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "/") else { programError("a route's path begins with a slash: \(text)") }
        let parts = text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        self.text = text
        segments = parts.map(Self.segment)
        names = zip(parts, segments).enumerated().compactMap { place, part in
            switch part.1 {
            case .literal: nil
            case .parameter: SegmentName(name: String(Substring(part.0.dropFirst())), segment: place)
            case .rest: SegmentName(name: "*", segment: place)
            }
        }
        checkNames()
    }

    private func checkNames() {
        for (place, one) in names.enumerated() {
            if one.name.isSame(as: "*"), one.segment != segments.count - 1 {
                programError("only the last segment of a route is *: \(text)")
            }
            if names[..<place].contains(where: { $0.name.isSame(as: one.name) }) {
                programError("a route has two parameters of the name \(one.name): \(text)")
            }
        }
    }

    private static func segment(_ part: Substring.UTF8View) -> Segment {
        if part.first == UInt8(ascii: ":") { return .parameter }
        return part.elementsEqual("*".utf8) ? .rest : .literal(Array(part))
    }
}
