import Testing

@testable import TaskEngine

@Suite("Settings of projects")
struct ProjectSettingsTests {
    private static let paused: ProjectChange = {
        var settings = ProjectSettings()
        settings.isPaused = true
        return ProjectChange(to: settings)
    }()

    @Test("10,000 projects may have settings, those that the log has not confirmed counted")
    func limit() throws {
        var queue = TestQueue()
        func set(_ number: Int, to change: ProjectChange = Self.paused) -> Decision {
            queue.ledger.decide(queue.command(.work(.setProject(PlainText("p\(number)"), change))))
        }
        let decisions = (1...TaskLedger.maxProjects).map { set($0) }
        #expect(decisions.allSatisfy { $0.outcome != .refused(.queueFull) })
        #expect(set(0).outcome == .refused(.queueFull))
        #expect(set(7).outcome != .refused(.queueFull))

        // One that is standard again makes room for one, before the log has it and behind that.
        for decision in decisions { queue.ledger.commit(decision) }
        #expect(set(0).outcome == .refused(.queueFull))
        let standard = set(8, to: ProjectChange(to: ProjectSettings()))
        let other = set(0)
        #expect(other.outcome != .refused(.queueFull) && set(-1).outcome == .refused(.queueFull))
        queue.ledger.commit(standard)
        queue.ledger.commit(other)
        #expect(queue.ledger.store.configuredProjects == TaskLedger.maxProjects)
    }
}
