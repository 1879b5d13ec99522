import Synchronization
import TaskEngine
import TaskStorage
import UVCore

/// A job that a client has started, and may ask about until 1,000 others were started. Its size is fixed: nothing that a
/// client sends is kept in it.
@LoopActor
final class Report {
    /// What a finished report says.
    struct Output: Sendable {
        let threadID: Int
        let work: SyntheticWork.Outcome
        let summary: TaskSummary
        let generatedAt: Timestamp
    }

    enum Status: String {
        case queued, running, completed, failed
    }

    let id: TaskID
    let createdAt = Timestamp.now
    let progress = Progress()
    private(set) var finishedAt: Timestamp?
    private var result: Result<Output, ReportFailure>?

    init(id: TaskID) { self.id = id }

    var status: Status {
        switch result {
        case .success: .completed
        case .failure: .failed
        case nil: progress.startedAt == nil ? .queued : .running
        }
    }

    func finish(_ result: Result<Output, ReportFailure>) {
        finishedAt = .now
        self.result = result
    }

    /// Writes the report as clients see it.
    func write(to json: inout JSONText) { write(as: status, result, to: &json) }

    private func write(as status: Status, _ result: Result<Output, ReportFailure>?, to json: inout JSONText) {
        json.member("jobId", id)
        json.member("status", status.rawValue)
        json.member("createdAt", createdAt)
        json.member("startedAt", progress.startedAt)
        json.member("finishedAt", finishedAt)
        if case .success(let output) = result {
            json.member("output") { output.write(to: &$0) }
        } else {
            json.member("output", String?.none)
        }
        if case .failure(let failure) = result {
            json.member("error", failure.message)
        } else {
            json.member("error", String?.none)
        }
    }
}

extension Report {
    /// What other processes are told of it: its members as they are now, and as they are if this process ends before.
    var note: SharedNote {
        let now = JSONText.object { write(to: &$0) }
        if case .some = result { return SharedNote(now) }
        return SharedNote(now, whenGone: JSONText.object { write(as: .failed, .failure(.processGone), to: &$0) })
    }
}

/// Why a report was not finished, in words for its reader.
struct ReportFailure: Error {
    let message: String

    static let processGone = ReportFailure(message: "The process that made it is not there any more.")
}

extension Report {
    /// What the worker's thread tells the loop while it works.
    final class Progress: Sendable {
        private let milliseconds = Atomic<Int64>(0)

        /// When a thread has taken the job up; nil while it waits.
        var startedAt: Timestamp? {
            let value = milliseconds.load(ordering: .relaxed)
            return value == 0 ? nil : Timestamp(milliseconds: value)
        }

        func begin() { milliseconds.store(Timestamp.now.milliseconds, ordering: .relaxed) }
    }
}

extension Report.Output {
    fileprivate func write(to json: inout JSONText) {
        json.member("threadId", threadID)
        summary.write(to: &json)
        json.member("syntheticCpuScore", work.result)
        json.member("complete", work.isComplete)
        json.member("generatedAt", generatedAt)
        json.member("durationMs", milliseconds: work.duration)
    }
}
