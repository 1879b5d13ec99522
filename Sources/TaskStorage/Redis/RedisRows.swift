import TaskEngine

/// A task's row: as it is behind an event.
struct RedisTask: Compact {
    let sequence: Int
    let task: TaskRecord

    init(_ task: TaskRecord, at sequence: Int) {
        self.task = task
        self.sequence = sequence
    }

    func write(to output: inout CompactWriter) {
        output.write(sequence)
        output.write(task)
    }

    init(from input: inout CompactReader) throws(CompactError) {
        sequence = try input.read()
        task = try input.read()
    }
}

/// What an append does to the rows: of each the last state alone, in threes of a letter, a row and what it has.
struct RedisRows {
    private var tasks: [TaskID: RedisTask] = [:]
    private var deletions: [TaskID: Int] = [:]
    private var payloads: [TaskID: JSONBody?] = [:]
    private var results: [TaskID: JSONBody?] = [:]
    private var projects: [PlainText?: ProjectSettings] = [:]
    private var keyed: [KeyedChange] = []
    private var needed: Set<TaskID> = []

    /// - Complexity: O(events and their texts).
    init(of events: [TaskEvent]) {
        for event in events { add(event) }
    }

    private mutating func add(_ event: TaskEvent) {
        if let change = event.keyedChange { keyed.append(change) }
        switch event.change {
        case .created(let task): put(task, event)
        case .updated(let task, _, _): put(task, event)
        case .moved: break  // The `.updated` just before has the task.
        case .project(let name, let settings): projects[name] = settings
        case .deleted(let id, _):
            tasks[id] = nil
            payloads[id] = nil
            results[id] = nil
            deletions[id] = event.sequence
        }
    }

    private mutating func put(_ task: TaskRecord, _ event: TaskEvent) {
        tasks[task.id] = RedisTask(task, at: event.sequence)
        needed.formUnion(task.dependencies)
        if let payload = event.bodies?.payload { payloads.updateValue(payload, forKey: task.id) }
        if let result = event.bodies?.result { results.updateValue(result, forKey: task.id) }
    }

    /// The threes, as arguments of a script. What a deleted task is needed by comes before its deletion.
    func write(to command: inout RedisCommand) {
        for id in needed { Self.write("n", id.bytes, [], to: &command) }
        for (id, row) in tasks { Self.write("t", id.bytes, row.compact, to: &command) }
        for (id, body) in payloads { Self.write(body, id.bytes + "p".utf8, to: &command) }
        for (id, body) in results { Self.write(body, id.bytes + "r".utf8, to: &command) }
        for (id, sequence) in deletions { Self.write("T", id.bytes, Array(String(sequence).utf8), to: &command) }
        for (name, settings) in projects { Self.write("p", Self.field(of: name), settings.compact, to: &command) }
        for change in keyed {
            Self.write("k", Array("\(change.sequence)-0".utf8), change.compact, to: &command)
        }
    }

    private static func write(_ letter: String, _ row: [UInt8], _ value: [UInt8], to command: inout RedisCommand) {
        command.append(letter)
        command.append(row)
        command.append(value)
    }

    private static func write(_ body: JSONBody?, _ row: [UInt8], to command: inout RedisCommand) {
        if let body { write("b", row, body.bytes, to: &command) } else { write("B", row, [], to: &command) }
    }
}

// MARK: - Names of rows

extension RedisRows {
    /// `~` is that of the tasks that have no project.
    private static func field(of project: PlainText?) -> [UInt8] { Array((project?.text ?? "~").utf8) }

    /// The project that has that row; nil if it is no text.
    static func project(_ field: [UInt8]) -> PlainText?? {
        guard let text = String(validating: field, as: UTF8.self) else { return nil }
        return .some(text.utf8.elementsEqual("~".utf8) ? nil : PlainText(text))
    }
}
