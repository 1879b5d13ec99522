@testable import TaskEngine
@testable import TaskService
@testable import TaskStorage
@testable import UVCore

extension FuzzTarget {
    /// What stands in a column of SQLite: the first byte says what kind of value, the rest is it, without its checksum.
    ///
    /// What is read is written alike, and can be used: shown, and waited for.
    static let rows = FuzzTarget("rows", "values in the columns of SQLite") { bytes in
        guard let kind = bytes.first else { return }
        var output = CompactWriter()
        for byte in bytes.dropFirst() { output.append(byte) }
        let column = output.finish()
        switch kind % 6 {
        case 0: try check(WorkState.self, column) { try use(task(with: $0)) }
        case 1: try check(ProjectSettings.self, column)
        case 2: try check(TaskRecord.self, column) { try use($0) }
        case 3: try check(TaskEvent.self, column) { try use($0) }
        case 4: try check(KeyedChange.self, column)
        default: try check(BodyChange.self, column)
        }
    }

    private static func check<Value: Compact & Equatable>(
        _ type: Value.Type, _ column: [UInt8], _ use: (Value) throws -> Void = { _ in }
    ) throws {
        guard let value = Value(compact: column) else { return }
        let written = value.compact
        let again = Value(compact: written)
        try expect(
            again == value && again?.compact == written, "\(value) is read again as \(String(describing: again))")
        // A number that has more bytes than it needs is shorter then.
        try expect(written.count <= column.count, "\(value) has become longer")
        try use(value)
    }

    private static func task(with work: WorkState) -> TaskRecord {
        let time = Timestamp(milliseconds: 0)
        return TaskRecord(
            id: TaskID(high: 1, low: 1), title: "t", status: work.lease == nil ? .pending : .inProgress,
            createdAt: time, updatedAt: time, revision: 1, since: Since(at: 0, by: 1), work: work)
    }

    private static func use(_ event: TaskEvent) throws {
        switch event.change {
        case .created(let task), .updated(let task, _, _): try use(task)
        case .moved, .deleted, .project: break
        }
    }

    private static func use(_ task: TaskRecord) throws {
        var text = JSONText()
        text.line(task, TaskBodies())
        var loader = TaskStore.Loader()
        loader.add(task, at: task.revision)
        if let store = try? loader.finish(at: task.revision, lastID: task.id) {
            let broken = TaskLedger(store: store, server: 1).brokenInvariant ?? store.brokenInvariant
            try expect(broken == nil, broken ?? "")
        }
        let time = QueueClock.Time(steady: 1_000_000_000, wall: Timestamp(milliseconds: 1_700_000_000_000))
        for isRead in [false, true] {
            var clock = QueueClock()
            clock.hear(task, at: time, isRead: isRead)
            _ = clock.nextLook(at: time)
            _ = clock.takeDue(at: time, limit: 5, hasOthers: false) { _ in false }
        }
    }
}
