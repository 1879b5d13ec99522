import Testing

@testable import TaskEngine

@Suite("A task as a value")
struct TaskRecordTests {
    private let task = TaskRecord(
        id: .test(1), title: "a", dependencies: [.test(2)], project: "p", createdAt: Timestamp(milliseconds: 1),
        updatedAt: Timestamp(milliseconds: 1), revision: 1)

    @Test("A copy that is changed leaves the others as they are, whichever field it is")
    func copies() {
        let changes: [(inout TaskRecord) -> Void] = [
            { $0.title = "b" }, { $0.description = "b" }, { $0.status = .failed }, { $0.priority = 2 },
            { $0.dependencies = [] }, { $0.dependencies.append(.test(3)) }, { $0.project = nil },
            { $0.updatedAt = Timestamp(milliseconds: 2) }, { $0.revision = 2 },
        ]
        let original = task
        for change in changes {
            var copy = original
            change(&copy)
            #expect(copy != original)
            #expect(original == task && original.title == "a" && original.dependencies == [.test(2)])
        }
    }

    @Test("Two tasks with the same fields are equal, made apart or not")
    func equality() {
        let twin = TaskRecord(
            id: .test(1), title: "a", dependencies: [.test(2)], project: "p", createdAt: Timestamp(milliseconds: 1),
            updatedAt: Timestamp(milliseconds: 1), revision: 1)
        #expect(twin == task && twin.hashValue == task.hashValue)
    }
}
