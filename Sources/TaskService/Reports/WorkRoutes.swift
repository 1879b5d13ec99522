import UVCore
import UVHTTP

/// The same work in two places: on the loop, where all clients wait for it, and on a worker, where only its caller
/// does.
@LoopActor
enum WorkRoutes {
    static func addBlocking(to router: Router, _ path: String, through access: [Middleware]) {
        router.get(path, through: access) { request, response in
            guard let iterations = response.parameter("iterations", of: request) else { return }
            guard !response.answersHead else { return response.endHead() }
            response.end("blocking", iterations, SyntheticWork.run(iterations))
        }
    }

    static func addWorker(to router: Router, _ path: String, through access: [Middleware]) {
        router.get(path, through: access) { request, response in
            guard let iterations = response.parameter("iterations", of: request) else { return }
            guard !response.answersHead else { return response.endHead() }
            do throws(WorkerError) {
                let job = try EventLoop.current.workers.run { job in
                    SyntheticWork.run(iterations) { job.isCancelled }
                } then: { result in
                    guard case .success(let outcome) = result else { return response.endBusy() }
                    response.end("worker", iterations, outcome)
                }
                // Its client has left: the thread is for others.
                response.whenClosed { job.cancel() }
            } catch {
                response.endBusy()
            }
        }
    }
}

extension ServerResponse {
    fileprivate func end(_ mode: String, _ iterations: Int, _ outcome: SyntheticWork.Outcome) {
        endReport { json in
            json.member("mode", mode)
            json.member("iterations", iterations)
            json.member("result", outcome.result)
            json.member("durationMs", outcome.duration.milliseconds)
            json.member("complete", outcome.isComplete)
        }
    }

    /// How much work the request asks for; nil when it was refused, and answered.
    func parameter(_ name: String, of request: IncomingMessage) -> Int? {
        parameter(name, of: request, in: SyntheticWork.iterations, default: SyntheticWork.standard)
    }

    /// The whole number that the request gives in its query; nil when it was refused, and answered.
    ///
    /// - Parameter names: The parameters that the path takes, if there are others.
    func parameter(
        _ name: String, of request: IncomingMessage, in range: ClosedRange<Int>, default standard: Int,
        among names: [String]? = nil
    ) -> Int? {
        do throws(Query.Invalid) {
            let query = Query(request.query)
            try query.allow(only: names ?? [name])
            return try query.integer(name, in: range) ?? standard
        } catch {
            end(error)
            return nil
        }
    }

    /// Ends the response with 503: all workers are busy and as many jobs wait as may.
    func endBusy() {
        setHeader(.retryAfter, "1")
        end(.serviceUnavailable, "All workers are busy and the queue is full; try again in a second.")
    }

    /// Calls `body`, behind what is called already, when the response is done with, one way or the other.
    func whenClosed(_ body: @escaping () throws -> Void) {
        let previous = onClose
        onClose = {
            try previous?()
            try body()
        }
    }
}
