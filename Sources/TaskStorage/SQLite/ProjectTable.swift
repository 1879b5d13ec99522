import TaskEngine

/// The rows of projects' settings. The row without a name is that of the tasks that have no project.
struct ProjectTable {
    private let remove, add, read: Statement

    init(_ database: Database) throws(DatabaseError) {
        // No conflict is one of a NULL, so that an upsert would add a second row without a name.
        remove = try database.prepare("DELETE FROM project WHERE name IS ?")
        add = try database.prepare("INSERT INTO project (name, settings) VALUES (?, ?)")
        read = try database.prepare("SELECT name, settings FROM project ORDER BY name")
    }

    func write(_ name: PlainText?, _ settings: ProjectSettings) throws(DatabaseError) {
        remove.bind(name?.text, 1)
        try remove.run()
        add.bind(name?.text, 1)
        add.bind(compact: settings, 2)
        try add.run()
    }

    /// The next row; nil behind the last.
    func next() throws(DatabaseError) -> Row? {
        guard try read.step() else { return nil }
        if read.isNull(0) { return Row(name: nil, settings: read.compact(1)) }
        guard let name = read.wholeText(0) else { return Row(name: nil, settings: nil) }
        return Row(name: PlainText(name), settings: read.compact(1))
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
