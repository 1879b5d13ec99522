/// What `If-Match` and `If-None-Match` name: any state of a resource, or some by their tags. RFC 9110 section 13.1.
enum EntityTags: Hashable {
    case any
    /// Those of a form that this server gives, by revision. Others match nothing.
    case revisions(strong: [Int], weak: [Int])

    /// The tag of a revision: `"7"`.
    static func tag(of revision: Int) -> String { "\"\(revision)\"" }

    /// Reads the field's value.
    init(_ value: String) {
        guard value != "*" else {
            self = .any
            return
        }
        var (strong, weak): ([Int], [Int]) = ([], [])
        // A comma may stand within a foreign tag; its parts are none of ours, for they lack a quote.
        for part in value.split(separator: ",") {
            let tag = part.drop { $0 == " " || $0 == "\t" }.trimmingSuffix { $0 == " " || $0 == "\t" }
            if let revision = Self.revision(in: tag) {
                strong.append(revision)
            } else if tag.hasPrefix("W/"), let revision = Self.revision(in: tag.dropFirst(2)) {
                weak.append(revision)
            }
        }
        self = .revisions(strong: strong, weak: weak)
    }

    /// For `If-Match`: what is sent is to replace exactly what was read, so a weak tag does not do. Nil for any.
    var expected: [Int]? {
        switch self {
        case .any: nil
        case .revisions(let strong, _): strong
        }
    }

    /// For `If-None-Match`, where weak tags count as well.
    func contains(_ revision: Int) -> Bool {
        switch self {
        case .any: true
        case .revisions(let strong, let weak): strong.contains(revision) || weak.contains(revision)
        }
    }

    private static func revision(in tag: Substring) -> Int? {
        guard tag.utf8.count > 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return nil }
        let digits = tag.dropFirst().dropLast()
        guard let revision = Int(digits), String(revision) == digits else { return nil }
        return revision
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ isSpace: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}
