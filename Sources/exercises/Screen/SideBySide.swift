/// Two lists of lines next to each other, with marks where they differ.
struct SideBySide {
    private enum Row {
        case same(String)
        case different(String?, String?)
    }

    private var rows: [Row] = []

    /// Sets equal lines next to each other, as many as can be. Myers' algorithm, by the standard library.
    init(_ left: [String], _ right: [String]) {
        let difference = right.difference(from: left)
        let removed = Set(difference.removals.map(Self.offset))
        let inserted = Set(difference.insertions.map(Self.offset))
        var (i, j) = (0, 0)
        while i < left.count || j < right.count {
            let isRemoved = removed.contains(i)
            let isInserted = inserted.contains(j)
            if !isRemoved, !isInserted {
                rows.append(.same(left[i]))
            } else {
                rows.append(.different(isRemoved ? left[i] : nil, isInserted ? right[j] : nil))
            }
            if isRemoved || !isInserted { i += 1 }
            if isInserted || !isRemoved { j += 1 }
        }
    }

    private static func offset(_ change: CollectionDifference<String>.Change) -> Int {
        switch change {
        case .remove(let offset, _, _), .insert(let offset, _, _): offset
        }
    }

    /// Sets the first line next to the first one, and so on.
    static func inOrder(_ left: [String], _ right: [String]) -> SideBySide {
        var result = SideBySide([], [])
        for index in 0..<max(left.count, right.count) {
            let pair = (left.element(at: index), right.element(at: index))
            if let line = pair.0, line == pair.1 {
                result.rows.append(.same(line))
            } else {
                result.rows.append(.different(pair.0, pair.1))
            }
        }
        return result
    }

    func text(headings: (String, String), on screen: Screen) -> String {
        let column = min((screen.width - 5) / 2, max(longest, headings.0.count, headings.1.count))
        var lines = [screen.faint("  \(headings.0.padded(to: column))   \(headings.1)")]
        for row in rows {
            switch row {
            case .same(let line):
                lines += pair(line, line, column).map { "  \($0)   \($1)" }
            case .different(let left, let right):
                lines += pair(left ?? "", right ?? "", column).map { screen.red("≠ \($0) ≠ \($1)") }
            }
        }
        return lines.joined(separator: "\n")
    }

    private var longest: Int {
        rows.reduce(0) { longest, row in
            switch row {
            case .same(let line): max(longest, line.count)
            case .different(let left, let right): max(longest, left?.count ?? 0, right?.count ?? 0)
            }
        }
    }

    /// A row of the table, on as many lines as its longer side needs.
    private func pair(_ left: String, _ right: String, _ column: Int) -> [(String, String)] {
        let (left, right) = (left.pieces(of: column), right.pieces(of: column))
        return (0..<max(left.count, right.count, 1)).map { index in
            ((left.element(at: index) ?? "").padded(to: column), right.element(at: index) ?? "")
        }
    }
}

extension String {
    /// The text cut into pieces of `length` characters, the last one being what is left.
    fileprivate func pieces(of length: Int) -> [String] {
        var pieces: [String] = []
        var rest = self[...]
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return pieces
    }
}

extension Array {
    fileprivate func element(at index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
