import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP

extension Reports {
    /// Adds start, the look at a job, and statistics below `path`.
    ///
    /// - Parameter start: How a job is begun: POST for what changes something, GET in a demonstration.
    func addRoutes(to router: Router, below path: String, start: HTTPRequest.Method, _ access: RouteAccess) {
        let isDemo = start == .get
        let job = isDemo ? "\(path)/jobs" : path
        let chain = isDemo ? access.demonstrations : access.members
        router.on(start, "\(path)/start", through: chain) { [self] request, response in
            begin(request, response, jobsBelow: job)
        }
        router.get("\(path)/stats", through: chain) { [self] _, response in
            response.endReport { writeStatistics(to: &$0) }
        }
        router.get("\(job)/:jobId", through: chain) { [self] request, response in
            guard let id = request.parameters["jobId"].flatMap({ TaskID($0) }), let report = self[id] else {
                return response.end(.jobNotFound, "There is no such job; the last \(Self.kept) are kept.")
            }
            response.endReport { report.write(to: &$0) }
        }
    }

    private func begin(_ request: IncomingMessage, _ response: ServerResponse, jobsBelow path: String) {
        guard let iterations = response.parameter("heavyIterations", of: request) else { return }
        response.status = .accepted
        guard !response.answersHead else { return response.endHead() }
        do throws(WorkerError) {
            let report = try start(iterations: iterations)
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
        json.member("jobs", count)
        json.member("jobsLimit", Self.kept)
    }
}
