/// What is known of each project: its settings, and how many tasks it has in each state. A project with neither is not known.
struct ProjectTable: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var settings: Apart<ProjectSettings>?
        var counts = StateCounts()

        var isEmpty: Bool { settings == nil && counts.isEmpty }
    }

    /// Of the tasks without a project.
    private var unnamed = Entry()
    private var named = IDTable<HashedKey<PlainText>, Entry>()
    /// The names of the others, in the order of their bytes.
    private(set) var names = CreationOrder<PlainText>()
    /// Of all tasks.
    private(set) var totals = StateCounts()
    /// How many have settings.
    private(set) var configured = 0

    /// O(1).
    subscript(name: PlainText?) -> Entry {
        guard let name else { return unnamed }
        return named[HashedKey(name)] ?? Entry()
    }

    /// Counts a task of a project that has come from one state to another; nil is none.
    ///
    /// - Complexity: O(1), and O(log projects) for the first and the last one of a project.
    mutating func count(_ project: String?, from former: TaskState?, to state: TaskState?) {
        totals.move(from: former, to: state)
        guard let project else { return unnamed.counts.move(from: former, to: state) }
        change(PlainText(project)) { $0.counts.move(from: former, to: state) }
    }

    /// - Complexity: as `count`.
    mutating func set(_ settings: ProjectSettings, of project: PlainText?) {
        let former = self[project].settings
        let settings = settings == ProjectSettings() ? nil : Apart(settings)
        configured += (settings == nil ? 0 : 1) - (former == nil ? 0 : 1)
        guard let project else { return unnamed.settings = settings }
        change(project) { $0.settings = settings }
    }

    /// Forgets all counts.
    mutating func resetCounts() {
        totals = StateCounts()
        unnamed.counts = StateCounts()
        for name in Array(names) { change(name) { $0.counts = StateCounts() } }
    }

    private mutating func change(_ name: PlainText, _ change: (inout Entry) -> Void) {
        let key = HashedKey(name)
        let isEmpty = named.change(key) { entry in
            change(&entry)
            return entry.isEmpty
        }
        switch isEmpty {
        case true?:
            named.removeValue(for: key)
            names.remove(name)
        case false?: break
        case nil:
            var entry = Entry()
            change(&entry)
            guard !entry.isEmpty else { return }
            named.updateValue(entry, for: key)
            names.insert(name)
        }
    }
}

extension PlainText: Comparable {
    /// By their bytes.
    public static func < (left: PlainText, right: PlainText) -> Bool {
        let (left, right) = (left.text.utf8Span.span, right.text.utf8Span.span)
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index]
        }
        return left.count < right.count
    }
}
