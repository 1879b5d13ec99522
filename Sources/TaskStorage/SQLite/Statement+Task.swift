import TaskEngine
import UVCore

/// Tasks in the columns of a row, and as a part of an event's row.
extension Statement {
    /// How many columns a task has but for its id.
    static let taskWidth: Int32 = 12

    static let taskColumns = fieldColumns + ", since_at, since_seq, work"

    /// The same from a row of a version that had no work queue.
    static let plainColumns = fieldColumns + ", NULL, 0, NULL"

    /// The columns that say something of each task.
    static let fieldColumns =
        "revision, title, description, status, priority, project, created, updated, dependencies"

    /// Binds all of `task` but its id to the parameters from `index` on.
    func bind(_ task: TaskRecord, from index: Int32) {
        bind(fieldsOf: task, from: index)
        let since = task.since
        bind(since.at == task.createdAt.milliseconds ? nil : since.at, index + 9)
        bind(since.by == task.revision ? nil : Int64(since.by), index + 10)
        bind(compact: task.work, index + 11)
    }

    /// Binds what is in ``fieldColumns``.
    func bind(fieldsOf task: TaskRecord, from index: Int32) {
        bind(task.revision, index)
        bind(task.title, index + 1)
        bind(task.description, index + 2)
        bind(task.status.rawValue, index + 3)
        bind(task.priority, index + 4)
        bind(task.project, index + 5)
        bind(task.createdAt.milliseconds, index + 6)
        bind(task.updatedAt.milliseconds, index + 7)
        bind(task.dependencies, index + 8)
    }

    func bind(_ value: Int64?, _ index: Int32) {
        if let value { bind(value, index) } else { bindNull(index) }
    }

    func bind(compact value: (some Compact)?, _ index: Int32) {
        if let value { bind(value.compact.span.bytes, index) } else { bindNull(index) }
    }

    func bind(_ text: String?, _ index: Int32) {
        if let text { bind(text, index) } else { bindNull(index) }
    }

    /// The name as a text.
    func bind(_ name: RequestName, _ index: Int32) {
        guard let id = name.id else { return bind(name.text, index) }
        bind(utf8UpTo: TaskID.textLength, index) { id.write(to: &$0) }
    }

    func bind(_ id: TaskID, _ index: Int32) {
        let words: InlineArray<2, UInt64> = [id.high.bigEndian, id.low.bigEndian]
        bind(words.span.bytes, index)
    }

    func bind(_ ids: [TaskID], _ index: Int32) {
        if ids.isEmpty { return bind(RawSpan(), index) }
        var words: [UInt64] = []
        words.reserveCapacity(2 * ids.count)
        for id in ids {
            words.append(id.high.bigEndian)
            words.append(id.low.bigEndian)
        }
        bind(words.span.bytes, index)
    }

    /// The task in the columns from `column` on; nil if what stands there is none.
    func task(_ id: TaskID, from column: Int32) -> TaskRecord? { task(id, from: column) { compact($0) } }

    /// The same where many are read: those that say the same of their work share one of the states that are known.
    func task(_ id: TaskID, from column: Int32, _ states: inout KnownStates) -> TaskRecord? {
        task(id, from: column) { column in withBytes(column) { states.state(of: $0) } }
    }

    @inline(__always)
    private func task(_ id: TaskID, from column: Int32, work: (Int32) -> WorkState?) -> TaskRecord? {
        guard let revision = number(column), let title = wholeText(column + 1),
            let description = wholeText(column + 2), let status = withBytes(column + 3, TaskStatus.init(utf8:)),
            let priority = number(column + 4), TaskPriority.range.contains(priority),
            let project = optionalText(column + 5), let created = time(column + 6), let updated = time(column + 7),
            let dependencies = ids(column + 8), let at = isNull(column + 9) ? created : time(column + 9),
            let by = number(column + 10, ifNull: revision)
        else { return nil }
        let state = isNull(column + 11) ? nil : work(column + 11)
        if state == nil, !isNull(column + 11) { return nil }
        let task = TaskRecord(
            id: id, title: title, description: description, status: status, priority: priority,
            dependencies: dependencies, project: project, createdAt: created, updatedAt: updated, revision: revision,
            since: Since(at: at.milliseconds, by: by), work: state)
        return task.isConsistent ? task : nil
    }

    /// The time in a column; nil if what stands there is none.
    @inline(__always)
    func time(_ column: Int32) -> Timestamp? { number(column).flatMap { Timestamp(kept: Int64($0)) } }

    /// The value that is kept there as bytes; nil if there is none.
    func compact<Value: Compact>(_ column: Int32) -> Value? { isNull(column) ? nil : Value(compact: bytes(column)) }

    func id(_ column: Int32) -> TaskID? {
        withBytes(column) { $0.byteCount == 16 ? TaskID($0, at: 0) : nil }
    }

    /// Ids that lie one behind the other; nil if they do not.
    func ids(_ column: Int32) -> [TaskID]? {
        withBytes(column) { bytes in
            guard bytes.byteCount > 0 else { return [] }
            guard bytes.byteCount % 16 == 0 else { return nil }
            return stride(from: 0, to: bytes.byteCount, by: 16).map { TaskID(bytes, at: $0) }
        }
    }
}

extension TaskRecord {
    /// Whether nothing but ``Statement/fieldColumns`` says anything of the task: so it is with one that is made and uses
    /// nothing of the work queue.
    var isInFields: Bool { isPlain && since.at == createdAt.milliseconds && since.by == revision }
}

extension TaskID {
    /// The id of the 16 bytes at `offset`, which must be there: that is asked in ``Statement`` alone.
    fileprivate init(_ bytes: RawSpan, at offset: Int) {
        self.init(high: bytes.bigEndianWord(at: offset), low: bytes.bigEndianWord(at: offset + 8))
    }
}

extension RawSpan {
    /// The eight bytes from `offset` on, the first one highest.
    func bigEndianWord(at offset: Int) -> UInt64 { word(at: offset).byteSwapped }
}
