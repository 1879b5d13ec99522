import HTTPTypes
import TaskEngine
import TaskStorage
import UVCore
import UVHTTP

/// Start, the look at a job, and statistics of reports.
@LoopActor
struct ReportRoutes: ServerPart {
    private let reports: Reports
    private let path: String
    /// Whether any caller may begin a report, by GET; otherwise it is a POST of a member's, since it begins something.
    private let isDemo: Bool

    init(_ reports: Reports, below path: String, isDemo: Bool = false) {
        self.reports = reports
        self.path = path
        self.isDemo = isDemo
    }

    func addRoutes(to router: Router, behind gates: Gates) {
        let job = isDemo ? "\(path)/jobs" : path
        let gate = isDemo ? gates.demonstrations : gates.members
        router.on(isDemo ? .get : .post, "\(path)/start", through: gate) { request, response in
            begin(request, response, jobsBelow: job)
        }
        router.get("\(path)/stats", through: gate) { _, response in
            response.endReport { writeStatistics(to: &$0) }
        }
        router.get("\(job)/:jobId", through: gate) { request, response in
            guard let id = request.parameters["jobId"].flatMap({ TaskID($0) }) else {
                return response.endNoJob(isAlone: !reports.hasOthers)
            }
            if let report = reports[id] { return response.endReport { report.write(to: &$0) } }
            reports.askOthers(for: id) { result in answer(result, response) }
        }
    }

    /// Ends the response with what other processes have told of a job.
    private func answer(_ result: Result<[UInt8]?, LogError>, _ response: ServerResponse) {
        switch result {
        case .success(let job?): response.endReport { $0.members(of: job.span.bytes) }
        case .success(nil): response.endNoJob(isAlone: !reports.hasOthers)
        case .failure:
            response.setHeader(.retryAfter, "1")
            response.end(.storageUnavailable, "This process has no such job, and cannot look for those of others now.")
        }
    }

    private func begin(_ request: IncomingMessage, _ response: ServerResponse, jobsBelow path: String) {
        guard let iterations = response.iterations("heavyIterations", of: request) else { return }
        response.status = .accepted
        guard !response.answersHead else { return response.endHead() }
        do throws(WorkerError) {
            let report = try reports.start(iterations: iterations)
            response.setHeader(.location, "\(path)/\(report.id)")
            response.endReport { json in
                json.member("message", "The report is being made")
                json.member("jobId", report.id)
                json.member("statusPath", "\(path)/\(report.id)")
            }
        } catch {
            response.endBusy()
        }
    }

    private func writeStatistics(to json: inout JSONText) {
        let workers = EventLoop.current.workers
        let totals = workers.statistics
        json.member("poolSize", workers.size)
        json.member("active", workers.activeCount)
        json.member("queued", workers.queuedCount)
        json.member("queueLimit", workers.capacity)
        json.member("totals") { json in
            json.member("submitted", totals.submitted)
            json.member("completed", totals.completed)
            json.member("failed", totals.failed)
            json.member("cancelled", totals.cancelled)
            json.member("timedOut", totals.timedOut)
            json.member("refused", totals.refused)
        }
        json.member("jobs", reports.count)
        json.member("jobsLimit", Reports.kept)
    }
}

extension ServerResponse {
    fileprivate func endNoJob(isAlone: Bool) {
        let count = Reports.kept
        end(
            .jobNotFound,
            isAlone
                ? "This process has no such job; the last \(count) are kept."
                : "No process has such a job; each keeps the last \(count), and has told the others for an hour.")
    }
}
