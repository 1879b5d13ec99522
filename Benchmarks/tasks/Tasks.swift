import TaskEngine

/// A ledger with as many tasks as a measurement wants, and always as many again after each round.
struct Tasks {
    private(set) var ledger = TaskLedger()
    private var generator = TaskIDGenerator()
    private var ids: [TaskID] = []
    private var milliseconds: Int64 = 1_767_225_600_000

    init(count: Int, using random: inout some RandomNumberGenerator) {
        for _ in 0..<count { create(using: &random) }
    }

    /// Any of the tasks, each once, which the round will delete.
    mutating func take(_ count: Int, using random: inout some RandomNumberGenerator) -> [TaskID] {
        (0..<count).map { _ in
            ids.swapAt(Int.random(in: ids.indices, using: &random), ids.count - 1)
            return ids.removeLast()
        }
    }

    /// Any of the tasks, and another priority for each.
    func some(_ count: Int, using random: inout some RandomNumberGenerator) -> [(id: TaskID, priority: Int)] {
        (0..<count).map { _ in
            (ids[Int.random(in: ids.indices, using: &random)], Int.random(in: 1...1_000_000, using: &random))
        }
    }

    mutating func create(using random: inout some RandomNumberGenerator) {
        milliseconds += 1
        let id = generator.next(at: Timestamp(milliseconds: milliseconds), random: random.next())
        var fields = Self.priority(Int.random(in: 1...1_000_000, using: &random))
        _ = try? fields.set(title: "One of many tasks to be done")
        perform(.create(id, fields))
        ids.append(id)
    }

    mutating func change(_ id: TaskID, priority: Int) {
        perform(.update(id, Self.priority(priority)))
    }

    mutating func delete(_ id: TaskID) {
        perform(.delete(id))
    }

    /// What the server does with a command, with a log that confirms at once.
    private mutating func perform(_ action: TaskCommand.Action) {
        let time = Timestamp(milliseconds: milliseconds)
        let decision = ledger.decide(TaskCommand(action, requestID: "0193a4b2", timestamp: time))
        ledger.commit(decision)
    }

    private static func priority(_ number: Int) -> TaskFields {
        var fields = TaskFields()
        _ = try? fields.set(priority: number)
        return fields
    }
}
