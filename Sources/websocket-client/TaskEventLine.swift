import FoundationEssentials

/// A task event as it is shown: its name, and the task as Node's `console.log` shows an object.
///
/// ```
/// { id: 'abc-123', title: 'WebSocket test', priority: 5, status: 'pending', project: null }
/// ```
struct TaskEventLine {
    let name: String
    let task: String

    /// Nil for a message that is no task event.
    init?(json: [UInt8]) {
        guard let event = try? JSONDecoder().decode(Event.self, from: Data(json)), event.event.hasPrefix("task.") else {
            return nil
        }
        name = Self.withoutControls(event.event)
        let task = event.task
        guard event.event != "task.deleted" else {
            self.task = "{ id: \(Self.quoted(task.id)) }"
            return
        }
        let fields = [
            "id: \(Self.quoted(task.id))", task.title.map { "title: \(Self.quoted($0))" },
            task.priority.map { "priority: \($0)" }, task.status.map { "status: \(Self.quoted($0))" },
            "project: \(task.project.map(Self.quoted) ?? "null")",
        ]
        self.task = "{ \(fields.compactMap(\.self).joined(separator: ", ")) }"
    }

    private struct Event: Decodable {
        let event: String
        let task: Fields
    }

    private struct Fields: Decodable {
        let id: String
        let title: String?
        let priority: Int?
        let status: String?
        let project: String?
    }

    /// The text in the quotes that Node chooses: single ones, or double ones or backticks if the text has the former.
    static func quoted(_ text: String) -> String {
        let shown = text.count > 200 ? text.prefix(200) + "…" : text[...]
        let quote =
            !shown.contains("'")
            ? "'" : !shown.contains("\"") ? "\"" : !shown.contains("`") && !shown.contains("${") ? "`" : "'"
        let escaped = shown.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case "\u{8}": "\\b"
            case "\u{B}": "\\v"
            case "\u{C}": "\\f"
            case "\\": "\\\\"
            case "'" where quote == "'": "\\'"
            default: escapedControl(scalar) ?? String(scalar)
            }
        }
        return quote + escaped.joined() + quote
    }

    private static func withoutControls(_ text: String) -> String {
        text.unicodeScalars.map { escapedControl($0) ?? String($0) }.joined()
    }

    /// `\x1B` for a control character, which would give the terminal an order; nil for any other.
    private static func escapedControl(_ scalar: Unicode.Scalar) -> String? {
        guard scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) else { return nil }
        let digits = String(scalar.value, radix: 16)
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
}
