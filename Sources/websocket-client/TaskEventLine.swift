import UVTasks

/// A task event as it is shown: its name, the task as Node's `console.log` shows an object, and what changed.
///
/// ```
/// Event: task.updated
/// Task: { id: 'abc-123', title: 'WebSocket test', priority: 9, status: 'pending', project: null }
/// Changes: title, priority
/// ```
struct TaskEventLine {
    /// The most scalars of a text that are shown. Not of characters: one character may be as long as a message.
    static let longest = 200

    /// The most names of changed fields that are shown.
    static let mostChanges = 20

    private let name: String
    private let task: String
    private let changes: String?

    /// Nil for a message that is no task event.
    init?(_ message: JSONMessage) {
        let root = message.root
        guard let name = message.member("event", of: root).flatMap(message.string), name.begins(with: "task."),
            let place = message.member("task", of: root), let task = Fields(message, place)
        else { return nil }
        self.name = Self.cut(name).escapingControls
        self.task = name.isSame(as: "task.deleted") ? "{ id: \(Self.quoted(task.id)) }" : Self.shown(task)
        changes = Self.changes(in: message)
    }

    /// The lines, each with its end.
    var text: String { "Event: \(name)\nTask: \(task)\n" + (changes.map { "Changes: \($0)\n" } ?? "") }

    /// What is shown of a task.
    private struct Fields {
        let id: String
        let title: String?
        let priority: Int?
        let status: String?
        let project: String?

        /// Nil when a field has another type than a task's.
        init?(_ message: JSONMessage, _ task: JSONMessage.Place) {
            func string(_ name: String) -> String?? {
                guard let place = message.member(name, of: task), !message.isNull(place) else { return .some(nil) }
                return message.string(place).map { .some($0) }
            }
            guard let id = string("id") ?? nil, let title = string("title"), let status = string("status"),
                let project = string("project")
            else { return nil }
            priority = message.member("priority", of: task).flatMap(message.integer)
            (self.id, self.title, self.status, self.project) = (id, title, status, project)
        }
    }

    private static func shown(_ task: Fields) -> String {
        let fields = [
            "id: \(quoted(task.id))", task.title.map { "title: \(quoted($0))" },
            task.priority.map { "priority: \($0)" }, task.status.map { "status: \(quoted($0))" },
            "project: \(task.project.map(quoted) ?? "null")",
        ]
        return "{ \(fields.compactMap(\.self).joined(separator: ", ")) }"
    }

    /// The names of the fields that have changed, or the two places in the queue; nil when the event has neither.
    private static func changes(in message: JSONMessage) -> String? {
        let root = message.root
        if let from = message.member("from", of: root).flatMap(message.integer),
            let to = message.member("to", of: root).flatMap(message.integer)
        {
            return "priority from \(from) to \(to)"
        }
        let places = message.member("changes", of: root).flatMap(message.elements) ?? []
        let names = places.prefix(mostChanges).compactMap { message.string($0) }.map { cut($0).escapingControls }
        guard !names.isEmpty else { return nil }
        return names.joined(separator: ", ") + (places.count > mostChanges ? ", …" : "")
    }

    private static func cut(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: longest, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return text }
        return String(scalars[..<end]) + "…"
    }

    /// The text as Node shows a string in an object, but cut.
    private static func quoted(_ text: String) -> String {
        let shown = cut(text).unicodeScalars
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
    private static func quote(around text: String.UnicodeScalarView) -> Unicode.Scalar {
        if !text.contains("'") { return "'" }
        if !text.contains("\"") { return "\"" }
        let hasPlaceholder = zip(text, text.dropFirst()).contains { $0 == "$" && $1 == "{" }
        return text.contains("`") || hasPlaceholder ? "'" : "`"
    }
}
