import UVCore
import UVTasks

/// Tasks as a terminal shows them: a line each, the columns as wide as what stands in them.
///
/// ```
/// ID                                    STATE    TYPE   ATTEMPT  PRIORITY  WHAT
/// 01a209fd-c673-7000-86a0-b878e676416e  failed   email        3         5  Welcome: no such template
/// ```
struct TaskTable {
    private let rows: [[String]]

    init(_ tasks: [QueuedTask]) {
        rows = tasks.map { task in
            let what = task.error.map { "\(task.title): \($0.message)" } ?? task.title
            return [
                task.id, task.state ?? task.status, task.type ?? "-", "\(task.attempt)", "\(task.priority)", what,
            ].map(\.escapingControls)
        }
    }

    private static let heads = ["ID", "STATE", "TYPE", "ATTEMPT", "PRIORITY", "WHAT"]

    /// The lines, each with its end; the last column is cut where the terminal ends.
    func text(within width: Int) -> String {
        if rows.isEmpty { return "There are no such tasks.\n" }
        let all = [Self.heads] + rows
        let widths = Self.heads.indices.map { column in all.map { $0[column].unicodeScalars.count }.max() ?? 0 }
        return all.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1
                    ? cell : Self.padded(cell, to: widths[column], isNumber: (3...4).contains(column))
            }
            return Self.cut(cells.joined(separator: "  "), to: width) + "\n"
        }.joined()
    }

    /// One task, a member a line.
    static func lines(of task: QueuedTask) -> String {
        task.json.members.map { name, value in
            "\(padded(name, to: 20, isNumber: false)) \(value.text)".escapingControls + "\n"
        }.joined()
    }

    private static func padded(_ cell: String, to width: Int, isNumber: Bool) -> String {
        let space = String(repeating: " ", count: max(0, width - cell.unicodeScalars.count))
        return isNumber ? space + cell : cell + space
    }

    private static func cut(_ line: String, to width: Int) -> String {
        guard line.unicodeScalars.count > width else { return line }
        return String(String.UnicodeScalarView(line.unicodeScalars.prefix(max(width - 1, 0)))) + "…"
    }
}
