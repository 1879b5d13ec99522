import SeededRandom
import TaskEngine
import TaskStorage
import Testing
import UVHTTP

@testable import TaskService

/// A server's tasks and its log, as a value: random changes, events that are pruned, and a history that is lost.
struct FeedWorld {
    var random: SeededGenerator
    private(set) var epoch = LogEpoch(number: 1)
    private(set) var ledger = TaskLedger()
    /// Every event of the epoch.
    private(set) var events: [TaskEvent] = []
    /// How many of them, the oldest, are gone.
    private(set) var pruned = 0
    /// The last event that live listeners were told of. The log may be ahead, as one is that other servers write to.
    private(set) var told = 0
    private var created: UInt64 = 0

    static let projects = ["a", "b", nil]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Rooms to be in: all, some projects, some tasks, or none that anything happens in.
    mutating func rooms() -> ListenerRooms {
        let (one, two) = ("task-\(TaskID(high: 1, low: 0))", "task-\(TaskID(high: 2, low: 0))")
        let names = [
            "tasks", "project-a", "project-b", "project-a,project-b", "\(one),\(two)", "project-a,\(two)",
        ]
        let query = QueryParameters("rooms=\(names.randomElement(using: &random) ?? "tasks")")
        return (try? ListenerRooms(query)) ?? .standard
    }

    /// A command that changes something, or does not.
    mutating func change() {
        let ids = ledger.store.tasks().map(\.id)
        var fields = TaskFields()
        try? fields.set(title: "task \(random.next(below: 1_000))")
        try? fields.set(priority: random.next(below: 3))
        if let project = Self.projects.randomElement(using: &random) { try? fields.set(project: project) }
        let action: TaskCommand.Action
        switch (ids.randomElement(using: &random), random.next(below: 6)) {
        case (let id?, 0): action = .delete(id)
        case (let id?, 1...3): action = .update(id, fields)
        default:
            created += 1
            action = .create(TaskID(high: created, low: 0), fields)
        }
        let command = TaskCommand(action, requestID: "r", timestamp: Timestamp(milliseconds: 0))
        var kept: [TaskEvent] = []
        _ = ledger.settle(command) { kept.append($0) }
        events += kept
    }

    /// Tells the live listeners of the next event, if there is one.
    mutating func tell() -> TaskEvent? {
        guard told < events.count else { return nil }
        defer { told += 1 }
        return events[told]
    }

    mutating func prune() { pruned += random.next(below: events.count - pruned + 1) }

    /// The server begins with nothing, and so with another history.
    mutating func loseAll() {
        (epoch, ledger, events, pruned, told, created) = (
            LogEpoch(number: epoch.number + 1), TaskLedger(), [], 0, 0, 0
        )
    }

    /// What the log answers now: at most `limit` events.
    func history(after sequence: Int, limit: Int) -> LogHistory {
        guard keepsAll(after: sequence) else { return .gone }
        return .events(Array(events.dropFirst(sequence).prefix(limit)))
    }

    /// Whether no event behind that one is gone.
    func keepsAll(after sequence: Int) -> Bool { (pruned...events.count).contains(sequence) }
}

/// What a page of a snapshot says.
struct SnapshotText {
    private(set) var tasks: [(id: String, title: String)] = []
    private(set) var sequence = -1
    private(set) var hasMore: Bool?

    init(_ json: [UInt8]) throws {
        var reader = try JSONReader(json)
        try #require(try reader.beginObject())
        while let name = try reader.nextMember() {
            if reader.says(name, "tasks") {
                try #require(try reader.beginArray())
                while try reader.nextElement() { tasks.append(try Self.task(&reader)) }
            } else {
                switch try reader.readValue() {
                case .integer(let number): sequence = number
                case .bool(let isSo): hasMore = isSo
                default: #expect(reader.says(name, "event"))
                }
            }
        }
        try reader.end()
    }

    private static func task(_ reader: inout JSONReader) throws -> (id: String, title: String) {
        var task = (id: "", title: "")
        try #require(try reader.beginObject())
        while let name = try reader.nextMember() {
            guard case .string(let text) = try reader.readValue() else { continue }
            if reader.says(name, "id") { task.id = reader.text(text) }
            if reader.says(name, "title") { task.title = reader.text(text) }
        }
        return task
    }
}
