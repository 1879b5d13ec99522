import UVCompression
import UVCore
import UVHTTP

/// What a thread compresses.
///
/// Unchecked: one at a time has it. The loop makes it, and the thread alone touches it from then on.
struct CompressionJob: @unchecked Sendable {
    let content: [UInt8]
    let compressor: Compressor

    func run() -> [UInt8] {
        var output: [UInt8] = []
        compressor.compress(content, .finish, into: &output)
        return output
    }
}

/// Whole answers that are compressed beside the loop: so many at a time that a thread of the pool is left for files and names.
@LoopActor
final class CompressionLine {
    private struct Entry {
        let job: CompressionJob
        let response: ServerResponse
        let done: ([UInt8]) -> Void
    }

    private var waiting: [Entry] = []
    private var running = 0

    nonisolated init() {}

    /// Calls `done`, later, with what comes of the job; never where the client is gone before it is begun.
    func add(_ job: CompressionJob, for response: ServerResponse, _ done: @escaping ([UInt8]) -> Void) {
        waiting.append(Entry(job: job, response: response, done: done))
        startWaiting()
    }

    /// - Complexity: O(those that wait), which hold far more than their place in the line.
    private func startWaiting() {
        while running < max(1, WorkerPool.threadCount - 1), !waiting.isEmpty { start(waiting.removeFirst()) }
    }

    private func start(_ entry: Entry) {
        // The client is gone: nothing waits for it.
        if entry.response.isDone { return }
        running += 1
        let job = entry.job
        do throws(WorkerError) {
            try EventLoop.current.workers.run { _ in
                job.run()
            } then: { [self] result in
                didEnd(entry, try? result.get())
            }
        } catch {
            // So many jobs of the program's wait that there is no place for another one: then it is the loop's.
            EventLoop.current.setImmediate { [self] in didEnd(entry, job.run()) }
        }
    }

    private func didEnd(_ entry: Entry, _ output: [UInt8]?) {
        running -= 1
        // Nothing comes of a job that the end of the loop has taken back.
        if let output { entry.done(output) } else { entry.response.destroy() }
        startWaiting()
    }
}
