import LoopTesting
import TaskEngine
import TaskStorage
import Testing
import UVCore

@testable import TaskService

@Suite("The text of a task that was changed")
struct TaskTextTests {
    private func task(_ title: String, revision: Int) -> TaskRecord {
        TaskRecord(
            id: TaskID(high: 0, low: 1), title: title, createdAt: Timestamp(milliseconds: 0),
            updatedAt: Timestamp(milliseconds: 0), revision: revision)
    }

    @Test("It is written once for a state of a task, and anew for another state and another task")
    func once() async {
        _ = await withLoop { _ in
            let text = TaskText()
            var seen: [String] = []
            @LoopActor func look(_ task: TaskRecord) {
                text.with(task) { bytes in seen.append(bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }) }
            }
            look(task("a", revision: 1))
            // The same state by its id and revision: what was written stands.
            look(task("not written", revision: 1))
            look(task("b", revision: 2))
            #expect(seen.map { $0.contains("\"title\":\"a\"") } == [true, true, false])
            #expect(seen[2].contains("\"title\":\"b\"") && seen[0] == seen[1])
        }
    }

    @Test("An event that nothing listens to is not written")
    func unheard() async {
        _ = await withLoop { _ in
            let text = TaskText()
            let event = TaskEvent(
                .created(task("a", revision: 1)), sequence: 1, requestID: "r", timestamp: Timestamp(milliseconds: 0))
            let log = MemoryLog()
            LiveEvents(EventHistory(TaskBoard(log), log), text).broadcast(event)
            #expect(text.json.byteCount == 0)
            text.with(task("a", revision: 1)) { #expect($0.byteCount > 0) }
            #expect(text.json.byteCount > 0)
        }
    }
}
