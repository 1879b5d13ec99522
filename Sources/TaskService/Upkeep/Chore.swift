import TaskStorage

/// Work on a store that is not serving it. Of the paths, `-` is standard output or input.
public enum Chore: Sendable {
    /// Writes all tasks, as they are at one moment, a line of JSON each.
    case export(to: String)
    /// Fills an empty store with the tasks of such lines: all, or none.
    case `import`(from: String)
    /// Compares the tasks' rows with what the events add up to.
    case check
    /// Copies the store, as it is at one moment, to a new file.
    case backup(to: String)
}

extension Chore {
    /// What has come of it.
    enum Outcome: Sendable {
        /// It is done, and has this to say, which is nothing where its output is what it was for.
        case done(String?)
        /// It is done, and has found what these lines say.
        case differs([String])
    }

    /// Does it, which may take as long as it takes. When it throws, what it had begun to write is gone.
    ///
    /// - Parameter store: The path of the store's file.
    func perform(on store: String, until interruption: Interruption) throws(UpkeepError) -> Outcome {
        let progress = Progress()
        defer { progress.clear() }
        switch self {
        case .export(let path):
            let reader = try StoreReader(store)
            let output = try OutputFile(path, until: interruption)
            let count = try Export(reader, progress).write(to: output)
            return .done(output.isStandard ? nil : "Exported \(tasks(count)) from \(store) to \(path)")
        case .import(let path):
            let input = try InputFile(path, until: interruption)
            let count = try Import(input, progress).fill(store)
            return .done("Imported \(tasks(count)) into \(store)")
        case .check:
            let report = try StoreCheck.run(try StoreReader(store), now: .now, until: interruption) { what, count in
                progress.show(count == 0 ? what : "\(count) \(what)")
            }
            return report.outcome(for: store)
        case .backup(let path):
            let reader = try StoreReader(store)
            try reader.copy(to: try NewFile(path), until: interruption) { left, all in
                progress.show("\(100 * (all - left) / max(all, 1)) %")
            }
            return .done("Copied \(tasks(try reader.countTasks())) from \(store) to \(path)")
        }
    }

    private func tasks(_ count: Int) -> String { count == 1 ? "1 task" : "\(count) tasks" }
}

extension StoreCheck.Report {
    /// What there is to say, and how much was compared.
    fileprivate func outcome(for store: String) -> Chore.Outcome {
        guard differences.isEmpty else {
            let more = count - differences.count
            return .differs(differences.map { "\(store): \($0)" } + (more > 0 ? ["\(store): and \(more) more"] : []))
        }
        return .done("\(store): \(tasks) \(tasks == 1 ? "task" : "tasks"), \(grounds)")
    }

    /// What the tasks were compared with.
    private var grounds: String {
        let log = events.map { "as the events \($0.lowerBound) to \($0.upperBound) add up to" }
        guard untold > 0 else { return log ?? "and no events" }
        let rest = "changed last by events that are gone"
        return log.map { "\(tasks - untold) \($0), \(untold) \(rest)" } ?? "all \(rest)"
    }
}
