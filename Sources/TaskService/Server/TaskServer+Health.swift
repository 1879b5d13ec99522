import TaskEngine
import UVCore
import UVHTTP

/// What supervisors and load balancers ask; they need no token.
extension TaskServer {
    func addHealthRoutes() {
        router.get("/health") { [self] _, response in
            response.endObject { json in
                json.member("status", "healthy")
                json.member("timestamp", Timestamp.now)
                json.member("requestId", response.requestID)
                json.member("uptimeSeconds", Int((ContinuousClock.now - startedAt).components.seconds))
            }
        }
        // A healthy server need not be restarted, and a ready one may be sent requests: a server that stops is healthy,
        // and not ready.
        router.get("/ready") { [self] _, response in
            response.setHeader(.cacheControl, "no-store")
            guard case .running = stage else {
                return response.end(.serviceUnavailable, "The server is stopping.")
            }
            response.endReport { json in
                json.member("status", "ready")
                json.member("timestamp", Timestamp.now)
            }
        }
    }
}
