import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP

/// What supervisors and load balancers ask; they need no token.
@LoopActor
struct HealthRoutes: ServerPart {
    let startedAt: ContinuousClock.Instant
    /// Why the server should be sent no requests; nil if it may.
    let unreadiness: () -> Unreadiness?

    func addRoutes(to router: Router, behind gates: Gates) {
        router.get("/health") { _, response in
            response.endObject { json in
                json.member("status", constant: "healthy")
                json.member("timestamp", Timestamp.now)
                json.member(requestIDOf: response)
                json.member("uptimeSeconds", secondsSince: startedAt)
            }
        }
        // A healthy server need not be restarted, and a ready one may be sent requests: a server that reads its tasks,
        // cannot keep changes or stops is healthy, and not ready.
        router.get("/ready") { _, response in
            response.setHeader(.cacheControl, "no-store")
            if let reason = unreadiness() { return response.end(reason.code, reason.message) }
            response.endReport { json in
                json.member("status", constant: "ready")
                json.member("timestamp", Timestamp.now)
            }
        }
    }
}
