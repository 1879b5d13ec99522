import TaskEngine

/// What the events of a log say of each task, when they are looked at one after the other: which of them has written it
/// last, and what was deleted.
///
/// The oldest events may be gone. Then a task of which the others say nothing was written by one of those, and so stands as
/// it was then, but for what the others have deleted of its dependencies. No event is kept here, and of a task only a
/// number, so that a million of them are no burden.
struct LogFold {
    /// How an event has left a task.
    enum State: Hashable {
        case written(by: Int)
        case deleted(by: Int)
    }

    /// The numbers of the events; nil before the first.
    private(set) var numbers: ClosedRange<Int>?
    /// Whether the first event of all is among them.
    private(set) var isWhole = false
    private(set) var states: [TaskID: State] = [:]
    /// The numbers of the deletions.
    private var deletions: Set<Int> = []

    /// - Parameter last: The number of the last event that was kept, which says where the history ends if there is none.
    init(endingAt last: Int) { isWhole = LogPosition.isBeginning(last) }

    /// Looks at the next event; returns what it is at odds with: those that are missing before it, or the task's state.
    mutating func add(_ event: TaskEvent) -> Difference? {
        let missing = skip(event.sequence)
        let difference = difference(of: event)
        switch event.change {
        case .created(let task), .updated(let task, _, _): states[task.id] = .written(by: event.sequence)
        case .project: break  // It is no task's.
        case .moved: break  // The `.updated` just before has written it.
        case .deleted(let id, _):
            states[id] = .deleted(by: event.sequence)
            deletions.insert(event.sequence)
        }
        return missing ?? difference
    }

    private func difference(of event: TaskEvent) -> Difference? {
        guard let id = event.taskID else { return nil }
        let number = event.sequence
        return switch (event.change, states[id]) {
        case (.created, .some): .createdTwice(id, by: number)
        case (.created, nil): nil
        case (_, .deleted): .changedWithoutTask(id, by: number)
        case (_, nil): isWhole ? .changedWithoutTask(id, by: number) : nil
        case (.moved, .written(let last)): last == number - 1 ? nil : .movedAlone(id, by: number)
        case (_, .written): nil
        }
    }

    /// Goes past the event of that number; returns those that are missing before it.
    mutating func skip(_ number: Int) -> Difference? {
        guard let former = numbers else {
            isWhole = LogPosition.isBeginning(number - 1)
            numbers = number...number
            return nil
        }
        numbers = former.lowerBound...max(number, former.upperBound)
        if number == former.upperBound + 1 || LogPosition.isContinuation(number - 1) { return nil }
        return .missingEvents(from: former.upperBound + 1, to: number - 1)
    }

    /// A task as it is now, if the event of that number has written it so: what was deleted since then is not among its
    /// dependencies any more. And the number of the event that did that last.
    func current(_ task: TaskRecord, writtenBy number: Int) -> (task: TaskRecord, sequence: Int) {
        func deletion(of id: TaskID) -> Int? {
            guard case .deleted(let last) = states[id], last > number else { return nil }
            return last
        }
        guard let last = task.dependencies.lazy.compactMap(deletion).max() else { return (task, number) }
        var task = task
        task.dependencies.removeAll { deletion(of: $0) != nil }
        task.revision = last
        return (task, last)
    }

    /// What is wrong with a row of which no event tells: it must be older than all of them, or one that a deletion among
    /// them has shortened.
    func difference(ofUntold task: TaskRecord, at sequence: Int, end: Int) -> Difference? {
        if isWhole { return .untold(task.id) }
        let first = numbers?.lowerBound ?? end + 1
        guard sequence < first || deletions.contains(sequence) && task.revision == sequence, task.revision <= sequence
        else {
            return .wrongNumber(task.id, sequence: sequence)
        }
        let current = current(task, writtenBy: sequence)
        guard current.sequence == sequence else { return .other(task.id, .dependencies, than: current.sequence) }
        return nil
    }

    /// The number of the event that has written a task last; nil if none has, or one has deleted it since.
    func writer(of id: TaskID) -> Int? {
        if case .written(let number) = states[id] { number } else { nil }
    }

    /// Notes that the row of a task was looked at: what is left at the end has none.
    mutating func didSee(_ id: TaskID) { states[id] = nil }
}
