import Testing

@testable import TaskEngine

@Suite("Texts are their bytes")
struct TextTests {
    private static let composed = "\u{E9}"
    private static let decomposed = "e\u{301}"

    @Test("Another spelling of the same letter is a change")
    func change() throws {
        #expect(Self.composed == Self.decomposed, "what Swift says of them")
        var ledger = TaskLedger()
        ledger.run(.create(.test(1), try TaskFields(title: Self.composed)))
        let decision = ledger.run(.update(.test(1), try TaskFields(title: Self.decomposed)))
        guard case .updated(let task, let changes, _) = decision.events.first?.change else {
            return #expect(Bool(false), "no event")
        }
        #expect(changes == [.title] && Array(task.title.utf8) == Array(Self.decomposed.utf8))
        #expect(ledger.run(.update(.test(1), try TaskFields(title: Self.decomposed))).events.isEmpty)
    }

    @Test("Tasks, fields, commands and events of another spelling are different")
    func difference() throws {
        func event(_ title: String) throws -> [TaskEvent] {
            var ledger = TaskLedger()
            return Array(ledger.run(.create(.test(1), try TaskFields(title: title))).events)
        }
        #expect(try event(Self.composed) == event(Self.composed))
        #expect(try event(Self.composed) != event(Self.decomposed))
        #expect(try TaskFields(title: Self.composed) != TaskFields(title: Self.decomposed))
        let commands = [Self.composed, Self.decomposed].map {
            TaskCommand(.delete(.test(1)), requestID: RequestName($0), timestamp: Timestamp(milliseconds: 0))
        }
        #expect(commands[0] != commands[1])
    }

    @Test("No other text is a status", arguments: ["pending", "Pending", "pending\u{301}", "pendin\u{FF47}", ""])
    func status(text: String) {
        #expect((TaskStatus(text: text) == .pending) == (text == "pending"))
        #expect(TaskStatus(text: text) == TaskStatus(rawValue: text))
    }

    @Test("A letter with very many marks costs as much as other text of its length")
    func marks() throws {
        let marks = String(repeating: "\u{301}", count: 20_000) + String(repeating: "\u{316}", count: 20_000)
        // Normalised, each comparison would take seconds.
        for text in ["a" + marks, "b" + marks] {
            #expect(TaskStatus(text: text) == nil)
            #expect(throws: TaskError.invalidField(.title)) { try TaskFields(title: text) }
            #expect(throws: TaskError.invalidField(.project)) { try TaskFields(project: text) }
        }
        #expect(!("a" + marks).isSame(as: "b" + marks) && ("a" + marks).isSame(as: "a" + marks))
    }
}
