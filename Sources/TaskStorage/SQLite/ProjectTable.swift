import TaskEngine

/// The rows of projects' settings. Tasks that have no project have the row of `~`, which no project is called.
struct ProjectTable {
    private let put, read: Statement

    init(_ database: Database) throws(DatabaseError) {
        put = try database.prepare("INSERT OR REPLACE INTO project (name, settings) VALUES (?, ?)")
        read = try database.prepare("SELECT name, settings FROM project ORDER BY name")
    }

    private static let none: PlainText = "~"

    func write(_ name: PlainText?, _ settings: ProjectSettings) throws(DatabaseError) {
        put.bind((name ?? Self.none).text, 1)
        put.bind(compact: settings, 2)
        try put.run()
    }

    /// The next row; nil behind the last.
    func next() throws(DatabaseError) -> Row? {
        guard try read.step() else { return nil }
        guard let text = read.wholeText(0) else { return Row(name: nil, settings: nil) }
        let name = PlainText(text)
        return Row(name: name == Self.none ? nil : name, settings: read.compact(1))
    }

    struct Row {
        let name: PlainText?
        /// Nil if the row cannot be read.
        let settings: ProjectSettings?

        /// The settings.
        func get() throws(DatabaseError) -> ProjectSettings {
            if let settings { return settings }
            throw DatabaseError(damage: "the row of project \(name?.text ?? "~") cannot be read")
        }
    }
}
