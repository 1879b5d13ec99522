import UVCore

/// A timeline as a table, with what Node printed beside it.
struct TimelineTable {
    private struct Row {
        var turn = ""
        var phase = ""
        var callback = ""
        var behind = ""
        var printed: String?
    }

    private var rows: [Row] = []
    private let theirs: [String]

    /// - Parameter theirs: The lines of the other side, the last one being the exit code.
    init(_ timeline: Timeline, beside theirs: [String]) {
        self.theirs = theirs
        for step in timeline.steps where step.isWorthShowing {
            var row = Row(
                turn: step.turn.map(String.init) ?? "", phase: step.phase == .outside ? "" : step.phase.rawValue,
                callback: step.kind.rawValue, behind: step.behind)
            let lines = step.text
            row.printed = lines.first
            rows.append(row)
            rows += lines.dropFirst().map { Row(printed: $0) }
        }
        rows += timeline.elsewhere.map { Row(callback: "another thread", printed: $0.text) }
        rows.append(Row(callback: "end", printed: "[exit \(timeline.exitCode)]"))
    }

    func text(on screen: Screen, isRecorded: Bool) -> String {
        let heading = Row(
            turn: "turn", phase: "phase", callback: "callback", behind: "behind it", printed: "Swift prints")
        let widths = Widths(
            turn: width(heading, \.turn), phase: width(heading, \.phase), callback: width(heading, \.callback),
            behind: width(heading, \.behind), printed: width(heading) { $0.printed ?? "" })
        var lines = [screen.faint(line(heading, widths, isRecorded ? "Node (recorded)" : "Node prints"))]
        var index = 0
        for row in rows {
            guard let printed = row.printed else {
                lines.append(line(row, widths, ""))
                continue
            }
            let other = index < theirs.count ? theirs[index] : ""
            let text = line(row, widths, other)
            lines.append(other == printed ? text : screen.red(text + "  ≠"))
            index += 1
        }
        lines += theirs.dropFirst(index).map { screen.red(line(Row(), widths, $0) + "  ≠") }
        return lines.joined(separator: "\n")
    }

    private struct Widths {
        let turn, phase, callback, behind, printed: Int
    }

    private func width(_ heading: Row, _ column: (Row) -> String) -> Int {
        rows.reduce(column(heading).count) { max($0, column($1).count) }
    }

    private func line(_ row: Row, _ widths: Widths, _ other: String) -> String {
        let columns = [
            row.turn.leftPadded(to: widths.turn), row.phase.padded(to: widths.phase),
            row.callback.padded(to: widths.callback), row.behind.padded(to: widths.behind),
            (row.printed ?? "").padded(to: widths.printed), other,
        ]
        return columns.joined(separator: "  ").droppingTrailingSpaces()
    }
}

extension Timeline.Step {
    /// The queues that drained behind the callback.
    fileprivate var behind: String {
        [count(ticks, "tick"), count(microtasks, "microtask")].compactMap(\.self).joined(separator: ", ")
    }

    private func count(_ number: Int, _ name: String) -> String? {
        number == 0 ? nil : "\(number) \(name)\(number == 1 ? "" : "s")"
    }

    /// What was printed, line by line.
    var text: [String] {
        lines.flatMap { $0.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
    }
}

extension String {
    fileprivate func droppingTrailingSpaces() -> String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
