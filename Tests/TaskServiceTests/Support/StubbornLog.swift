import TaskEngine
import TaskStorage
import UVCore

/// A log that answers when the test says so, and as it says.
@LoopActor
final class StubbornLog: EventLog {
    private(set) var appended: [[TaskEvent]] = []
    private var waiting: [(Result<Void, LogError>) -> Void] = []

    func append(_ events: [TaskEvent], then done: @escaping (Result<Void, LogError>) -> Void) {
        appended.append(events)
        waiting.append(done)
    }

    /// Answers the oldest append that has no answer.
    func answer(_ result: Result<Void, LogError> = .success(())) {
        guard !waiting.isEmpty else { return }
        waiting.removeFirst()(result)
    }

    func fail() { answer(.failure(LogError("the disk is full"))) }
}
