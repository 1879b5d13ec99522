import Testing

@testable import TaskEngine

@Suite("What a command does")
struct TaskLedgerTests {
    @Test("A new task has the values given, defaults for the others, and the time of the command")
    func creation() throws {
        var ledger = TaskLedger()
        let decision = ledger.run(.create(.test(1), try TaskFields(title: " Learn WebSockets ")), at: 42)
        let task = TaskRecord(
            id: .test(1), title: "Learn WebSockets", createdAt: Timestamp(milliseconds: 42),
            updatedAt: Timestamp(milliseconds: 42), revision: 1)
        #expect(task.description.isEmpty && task.status == .pending && task.priority == 1)
        #expect(task.dependencies.isEmpty && task.project == nil)
        #expect(decision.outcome == .created(task))
        #expect(decision.events.map(\.change) == [.created(task)])
        #expect(decision.events.map(\.name) == ["task.created"])
        #expect(decision.events.map(\.requestID) == ["request-42"])
        #expect(ledger.store[.test(1)] == task)
    }

    @Test("A new task needs a title")
    func missingTitle() throws {
        var ledger = TaskLedger()
        let decision = ledger.run(.create(.test(1), try TaskFields(priority: 5)))
        #expect(decision.outcome == .refused(.missingField(.title)))
        #expect(decision.events.isEmpty)
        #expect(decision.isSettled)
        #expect(ledger.store.isEmpty)
    }

    @Test("An update merges the fields given, and names those that differ, in their order")
    func update() throws {
        var ledger = try one()
        let fields = try TaskFields(
            title: "other", status: .pending, needs: [.test(7)], project: "red")
        let decision = ledger.run(.update(.test(1), fields), at: 9)
        let task = try #require(ledger.store[.test(1)])
        #expect(decision.outcome == .updated(task))
        #expect(decision.events.map(\.change) == [.updated(task, changes: [.title, .dependencies, .project])])
        #expect(task.title == "other" && task.priority == 5 && task.dependencies == [.test(7)])
        #expect(task.createdAt.milliseconds == 0 && task.updatedAt.milliseconds == 9 && task.revision == 2)
    }

    @Test("A changed priority is a task.updated and then a task.moved, which changes nothing more")
    func moved() throws {
        var ledger = try one()
        let decision = ledger.run(.update(.test(1), try TaskFields(priority: 9)))
        let task = try #require(ledger.store[.test(1)])
        #expect(
            decision.events.map(\.change) == [
                .updated(task, changes: [.priority]), .moved(task, from: 5, to: 9),
            ])
        #expect(decision.events.map(\.name) == ["task.updated", "task.moved"])
        #expect(decision.events.map(\.sequence) == [2, 3])
        #expect(task.revision == 2)
        #expect(decision.outcome == .updated(task))
    }

    @Test("An update with the values the task has, or none, is no event")
    func unchanged() throws {
        var ledger = try one()
        let task = try #require(ledger.store[.test(1)])
        for fields in [
            TaskFields(), try TaskFields(title: "t", status: .pending, priority: 5, needs: [], project: .some(nil)),
        ] {
            let decision = ledger.run(.update(.test(1), fields), at: 99)
            #expect(decision.outcome == .unchanged(task))
            #expect(decision.events.isEmpty)
            #expect(decision.isSettled)
        }
        #expect(ledger.store.sequence == 1)
    }

    @Test("A title of the same characters in other scalars is another title")
    func scalars() throws {
        var ledger = TaskLedger()
        ledger.run(.create(.test(1), try TaskFields(title: "\u{E9}")))
        ledger.run(.update(.test(1), try TaskFields(title: "e\u{301}")))
        #expect(ledger.store[.test(1)]?.title.unicodeScalars.count == 2)
    }

    @Test(
        "A task that changes project is told to both; others to the project they have",
        arguments: [
            ("red", "blue", ["blue", "red"]), ("red", nil, ["red"]), (nil, "blue", ["blue"]), ("red", "red", ["red"]),
            (nil, nil, []),
        ] as [(String?, String?, [String])])
    func projects(former: String?, new: String?, told: [String]) throws {
        var ledger = TaskLedger()
        let created = ledger.run(.create(.test(1), try TaskFields(title: "t", project: .some(former))))
        #expect(created.events.first?.projects == [former].compactMap(\.self))
        let updated = ledger.run(.update(.test(1), try TaskFields(priority: 9, project: .some(new))))
        #expect(updated.events.map(\.projects) == [told, [new].compactMap(\.self)])
        let deleted = ledger.run(.delete(.test(1)))
        #expect(deleted.events.first?.projects == [new].compactMap(\.self))
    }

    @Test("A deletion is one event, whatever needed the task")
    func deletion() throws {
        var ledger = try one()
        ledger.run(.create(.test(2), try TaskFields(title: "t", needs: [.test(1)])))
        let decision = ledger.run(.delete(.test(1)))
        #expect(decision.outcome == .deleted)
        #expect(decision.events.map(\.change) == [.deleted(.test(1))])
        #expect(decision.events.map(\.taskID) == [.test(1)])
    }

    @Test("A task that is not there is neither updated nor deleted")
    func notFound() throws {
        var ledger = try one()
        for action in [
            TaskCommand.Action.update(.test(2), try TaskFields(title: "t")),
            .delete(.test(2), expecting: Precondition(required: .listed([1]))),
        ] {
            let decision = ledger.run(action)
            #expect(decision.outcome == .refused(.taskNotFound(.test(2))))
            #expect(decision.isSettled)
        }
    }

    @Test(
        "A revision that is required must be the task's, and one that is excluded must not",
        arguments: [
            (.listed([1]), .listed([]), true), (.listed([7, 1]), .listed([]), true), (.every, .listed([]), true),
            (.listed([2]), .listed([]), false), (.listed([]), .listed([]), false),
            (.every, .listed([2]), true), (.every, .listed([2, 1]), false), (.every, .every, false),
            (.listed([1]), .listed([1]), false), (.listed([1]), .listed([2]), true),
        ] as [(Precondition.Revisions, Precondition.Revisions, Bool)])
    func preconditions(required: Precondition.Revisions, excluded: Precondition.Revisions, isAccepted: Bool) throws {
        let expected = Precondition(required: required, excluded: excluded)
        for action in [
            TaskCommand.Action.update(.test(1), try TaskFields(title: "other"), expecting: expected),
            .update(.test(1), TaskFields(), expecting: expected), .delete(.test(1), expecting: expected),
        ] {
            var ledger = try one()
            let isRefused = ledger.run(action).outcome == .refused(.preconditionFailed(.test(1)))
            #expect(isRefused != isAccepted)
        }
    }

    private func one() throws -> TaskLedger {
        var ledger = TaskLedger()
        ledger.run(.create(.test(1), try TaskFields(title: "t", priority: 5)))
        return ledger
    }
}
