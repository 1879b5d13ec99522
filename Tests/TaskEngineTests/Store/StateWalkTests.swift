import SeededRandom
import Testing

@testable import TaskEngine

@Suite("Walks over the tasks of a project or in some states")
struct StateWalkTests {
    @Test("They show what a look at all tasks finds, whatever happened", arguments: 1...4)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var history = WorkHistory(seed: seed)
        var found = 0
        for step in 0..<2_000 {
            try history.goOn()
            let states: Set<TaskState>? =
                random.once(in: 4) ? nil : Set(TaskState.allCases.filter { _ in random.once(in: 3) })
            let project = [nil, "red", "blue", "none"].randomElement(using: &random) ?? nil
            let order = TaskStore.WalkOrder.allCases.randomElement(using: &random) ?? .oldest
            let cursor = random.once(in: 2) ? nil : TaskID.test(Int.random(in: 0...step, using: &random))
            let (store, name) = (history.store, project.map { PlainText($0) })
            let expected = store.tasks(order, after: cursor).filter { task in
                (states?.contains(store.state(of: task)) ?? true) && (project == nil || task.project == project)
            }
            let walked = Array(store.tasks(order, after: cursor, in: states, of: name))
            try #require(walked == expected, "seed \(seed), step \(step)")
            found += walked.count
        }
        #expect(found > 2_000)
    }

    @Test("A task whose dependency has ended is found in its new state")
    func dependencies() throws {
        var ledger = TaskLedger()
        ledger.run(.create(.test(0), try TaskFields(title: "needed")))
        ledger.run(.create(.test(1), try TaskFields(title: "t", needs: [.test(0)], project: "red")))
        func ids(_ state: TaskState) -> [TaskID] { ledger.store.tasks(in: [state], of: "red").map(\.id) }
        #expect(ids(.waiting) == [.test(1)])
        ledger.run(.update(.test(0), try TaskFields(status: .completed)))
        #expect(ids(.waiting) == [] && ids(.ready) == [.test(1)])
        ledger.run(.delete(.test(1)))
        #expect(ids(.ready) == [])
    }
}
