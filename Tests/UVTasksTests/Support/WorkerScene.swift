import UVCore
import UVTasks

/// Calls `body` with a worker named `mail` of a queue that answers as the test says.
func withWorker(
    concurrency: Int, drain: Duration = .seconds(10),
    _ body: @escaping @LoopActor (FakeQueue, TaskWorker) async throws -> Void
) async {
    await withQueue { queue in
        let worker = TaskWorker(
            queue.client(), name: "mail", concurrency: concurrency, lease: .seconds(30), drain: drain)
        try await body(queue, worker)
    }
}

extension FakeQueue {
    /// A task as a claim brings it.
    nonisolated static func claimed(_ id: String, fence: Int, payload: String = "null") -> String {
        #"{"id":"\#(id)","type":"email","payload":\#(payload),"attempt":2,"lease":{"fence":\#(fence),"seconds":30}}"#
    }

    /// The answer to a claim.
    nonisolated static func tasks(_ tasks: String...) -> String { #"{"tasks":[\#(tasks.joined(separator: ","))]}"# }
}

/// Goes on for ever, unless its task is cancelled.
func runUntilCancelled() async throws { try await EventLoop.current.sleep(.seconds(100_000)) }

/// What a handler waits for until the test lets it go on.
@LoopActor
final class Gate {
    private var waiting: [UnsafeContinuation<Void, Never>] = []
    private var isOpen = false

    func wait() async {
        if !isOpen { await withUnsafeContinuation { waiting.append($0) } }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
