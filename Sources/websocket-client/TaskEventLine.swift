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
        name = event.event.escapingControls
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

    /// The text as Node shows a string in an object, but cut after 200 characters.
    private static func quoted(_ text: String) -> String {
        let shown = (text.count > 200 ? text.prefix(200) + "…" : text[...]).unicodeScalars
        let quote = quote(around: shown)
        let escaped = shown.map { scalar -> String in
            switch scalar {
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case "\u{8}": "\\b"
            case "\u{C}": "\\f"
            case "\\": "\\\\"
            case "'" where quote == "'": "\\'"
            default: scalar.escapedControl ?? String(scalar)
            }
        }
        return "\(quote)\(escaped.joined())\(quote)"
    }

    /// Single quotes, or double ones or backticks if the text has the former. It is searched scalar by scalar: a quote
    /// with an accent on it is no quote as a character, but is one to Node.
    private static func quote(around text: Substring.UnicodeScalarView) -> Unicode.Scalar {
        if !text.contains("'") { return "'" }
        if !text.contains("\"") { return "\"" }
        return text.contains("`") || text.contains("${".unicodeScalars) ? "'" : "`"
    }
}
