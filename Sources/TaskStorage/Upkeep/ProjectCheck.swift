import TaskEngine

/// Compares the rows of projects' settings with the last event of each.
struct ProjectCheck {
    private let table: ProjectTable
    /// The settings that the events have left.
    private var told: [PlainText?: (settings: ProjectSettings, sequence: Int)] = [:]

    init(_ database: Database) throws(DatabaseError) { table = try ProjectTable(database) }

    /// Notes what the next event says.
    mutating func pass(_ event: TaskEvent) {
        if case .project(let name, let settings) = event.change { told[name] = (settings, event.sequence) }
    }

    /// Returns what the rows are at odds with.
    ///
    /// - Parameter isWhole: Whether the first event of all was among them.
    mutating func finish(isWhole: Bool) throws(DatabaseError) -> [Difference] {
        var differences: [Difference] = []
        while let row = try table.next() {
            let told = told.removeValue(forKey: row.name)
            switch (row.settings, told) {
            case (nil, _): differences.append(.unreadableProject(row.name))
            case (.some, nil): if isWhole { differences.append(.surplusProject(row.name)) }
            case (let settings?, let told?):
                if settings != told.settings { differences.append(.otherProject(row.name, than: told.sequence)) }
            }
        }
        let missing = told.sorted { $0.value.sequence < $1.value.sequence }
        return differences + missing.map { .missingProject($0.key, writtenBy: $0.value.sequence) }
    }
}
