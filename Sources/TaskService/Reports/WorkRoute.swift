import UVCore
import UVHTTP

/// The same work in two places: on the loop, where all clients wait for it, and on a worker, where only its caller
/// does.
@LoopActor
struct WorkRoute: ServerPart {
    enum Place {
        case loop, worker
    }

    private let place: Place
    private let path: String
    private let gate: KeyPath<Gates, [any Middleware]>

    init(_ place: Place, _ path: String, _ gate: KeyPath<Gates, [any Middleware]>) {
        self.place = place
        self.path = path
        self.gate = gate
    }

    func addRoutes(to router: Router, behind gates: Gates) {
        router.get(path, through: gates[keyPath: gate]) { request, response in
            guard let iterations = response.iterations("iterations", of: request) else { return }
            guard !response.answersHead else { return response.endHead() }
            switch place {
            case .loop: response.end("blocking", iterations, SyntheticWork.run(iterations))
            case .worker: Self.work(iterations, response)
            }
        }
    }

    private static func work(_ iterations: Int, _ response: ServerResponse) {
        do throws(WorkerError) {
            let job = try EventLoop.current.workers.run { job in
                SyntheticWork.run(iterations) { job.isCancelled }
            } then: { result in
                switch result {
                case .success(let outcome): response.end("worker", iterations, outcome)
                case .failure(WorkerError.cancelled): break
                case .failure: response.endBusy()
                }
            }
            // Its client has left, or looks as if it had: the thread is for others, and there is no answer.
            response.whenClosed { job.cancel() }
            response.onClientEnd = {
                job.cancel()
                response.destroy()
            }
        } catch {
            response.endBusy()
        }
    }
}

extension ServerResponse {
    fileprivate func end(_ mode: String, _ iterations: Int, _ outcome: SyntheticWork.Outcome) {
        endReport { json in
            json.member("mode", mode)
            json.member("iterations", iterations)
            json.member("result", outcome.result)
            json.member("durationMs", milliseconds: outcome.duration)
            json.member("complete", outcome.isComplete)
        }
    }

    /// How much work the request asks for; nil when it was refused, and answered.
    func iterations(_ name: String, of request: IncomingMessage) -> Int? {
        parameter(name, of: request, in: SyntheticWork.iterations, default: SyntheticWork.standard)
    }

    /// Ends the response with 503: all workers are busy and as many jobs wait as may.
    func endBusy() {
        setHeader(.retryAfter, "1")
        end(.serviceUnavailable, "All workers are busy and the queue is full; try again in a second.")
    }
}
