import TaskEngine
import UVCore

/// The projects whose tasks are counted by themselves. There are few of them, and one that has a place keeps it as long as
/// it has tasks: else what a dashboard shows would come and go.
struct ProjectRoster {
    /// How many have a place.
    static let most = 50
    /// How many names are looked at in one go.
    private static let looks = 50
    /// What the rest is called together. A project of that name has no place of its own.
    static let rest = "other"

    private(set) var names: [PlainText] = []
    /// Where the search for others goes on.
    private var cursor: PlainText?

    /// Lets go of projects without tasks, and takes some of those up that have come since.
    ///
    /// - Complexity: O(places + looks), whatever the number of projects.
    mutating func look(at store: TaskStore) {
        names.removeAll { store.counts(of: $0).total == 0 }
        guard names.count < Self.most else { return }
        let found = store.projects(after: cursor, limit: Self.looks)
        cursor = found.count < Self.looks ? nil : found.last
        for name in found where names.count < Self.most && !name.text.isSame(as: Self.rest) {
            if !names.contains(name), store.counts(of: name).total > 0 { names.append(name) }
        }
    }
}
