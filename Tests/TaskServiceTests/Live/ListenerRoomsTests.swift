import TaskEngine
import Testing
import UVCore
import UVWebSocket

@testable import TaskService

@Suite("The rooms of a listener")
struct ListenerRoomsTests {
    private let id = TaskID(high: 0x01a2_09dd_0976_7abc, low: 0x8509_0c6d_51d6_4e68)

    @Test(
        "A listener is told of what goes to a room that it names, byte by byte, and of nothing else",
        arguments: [
            "tasks", "Tasks", "tasks2", "project-a", "project-A", "project-", "project-a.b", "project-ab", "Project-a",
            "task-01a209dd-0976-7abc-8509-0c6d51d64e68", "task-01A209DD-0976-7ABC-8509-0C6D51D64E68",
            "task-01a209dd-0976-7abc-8509-0c6d51d64e69", "task-", "task-x", "01a209dd-0976-7abc-8509-0c6d51d64e68",
        ])
    func names(name: String) throws {
        let name = try #require(RoomName(name))
        let rooms = ListenerRooms([name])
        for project in [nil, "a", "ab", "a.b", "A"] {
            let task = try task(project)
            let changes: [TaskEvent.Change] = [
                .created(task), .moved(task, from: 1, to: 2), .updated(task, changes: [], formerProject: "a"),
                .updated(task, changes: [], formerProject: nil), .deleted(id, project: project),
            ]
            for change in changes {
                let event = TaskEvent(
                    change, sequence: 1, requestID: "r", timestamp: Timestamp(milliseconds: 0))
                #expect(rooms.hear(event) == ListenerRooms.names(of: event).contains(name))
                if case .created = change { #expect(rooms.admit(task) == rooms.hear(event)) }
            }
        }
    }

    @Test("A snapshot of single tasks looks at those alone, however many there are, page by page in their order")
    func singleTasks() throws {
        var ledger = TaskLedger()
        for number in 1...2_000 as ClosedRange<UInt64> {
            var fields = TaskFields()
            try fields.set(title: "t")
            let action = TaskCommand.Action.create(TaskID(high: number, low: 0), fields)
            _ = ledger.settle(TaskCommand(action, requestID: "r", timestamp: Timestamp(milliseconds: 0))) { _ in }
        }
        func id(_ number: UInt64) -> String { "\(TaskID(high: number, low: 0))" }
        let named: [RoomName] = ([1_999, 7, 500, 3_000] as [UInt64]).map { RoomName(stringLiteral: "task-\(id($0))") }
        var walk = SnapshotWalk(at: 2_000, pageTasks: 2)
        let pages = (1...2).compactMap { _ in walk.step(over: ledger.store, in: ListenerRooms(named), looks: 3) }
        let texts = try pages.map { try SnapshotText($0.json) }
        let ids: [[String]] = texts.map { text in text.tasks.map { $0.id } }
        #expect(ids == [[id(7), id(500)], [id(1_999)]])
        #expect(texts.map { $0.hasMore } == [true, false])
    }

    @Test("Rooms in which no task can be have an empty snapshot at once, and a project's looks at all tasks")
    func noTasks() throws {
        var ledger = TaskLedger()
        for number in 1...20 as ClosedRange<UInt64> {
            var fields = TaskFields()
            try fields.set(title: "t")
            let action = TaskCommand.Action.create(TaskID(high: number, low: 0), fields)
            _ = ledger.settle(TaskCommand(action, requestID: "r", timestamp: Timestamp(milliseconds: 0))) { _ in }
        }
        var walk = SnapshotWalk(at: 20)
        #expect(walk.step(over: ledger.store, in: ListenerRooms(["nothing"]), looks: 10)?.isLast == true)
        walk = SnapshotWalk(at: 20)
        #expect(walk.step(over: ledger.store, in: ListenerRooms(["project-a"]), looks: 10) == nil)
        #expect(walk.step(over: ledger.store, in: ListenerRooms(["project-a"]), looks: 11)?.isLast == true)
    }

    private func task(_ project: String?) throws -> TaskRecord {
        var fields = TaskFields()
        try fields.set(title: "t")
        try fields.set(project: project)
        let now = Timestamp(milliseconds: 0)
        return try fields.newTask(id, createdAt: now, updatedAt: now, revision: 1)
    }
}
