import TaskEngine
import UVCore
import UVHTTP

/// What supervisors and load balancers ask; they need no token.
extension TaskServer {
    func addHealthRoutes() {
        router.get("/health") { [self] _, response in
            response.end(
                json: JSONText.object { json in
                    json.member("status", "healthy")
                    json.ascii("timestamp", Timestamp.now.write)
                    json.ascii("requestId") { $0.append(contentsOf: response.requestID.utf8) }
                    json.member("uptimeSeconds", Int((ContinuousClock.now - startedAt).components.seconds))
                })
        }
        // A healthy server need not be restarted, and a ready one may be sent requests: a server that stops is healthy,
        // and not ready.
        router.get("/ready") { [self] _, response in
            response.setHeader(.cacheControl, "no-store")
            guard case .running = stage else {
                return response.end(.serviceUnavailable, "The server is stopping.")
            }
            response.end(
                json: JSONText.object(response) { json in
                    json.member("status", "ready")
                    json.ascii("timestamp", Timestamp.now.write)
                })
        }
    }
}
