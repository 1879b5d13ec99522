import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP

/// What supervisors and load balancers ask; they need no token.
@LoopActor
struct HealthRoutes: ServerPart {
    private let loop = EventLoop.current
    /// In the loop's milliseconds.
    private let startedAt = EventLoop.current.now
    /// Why the server should be sent no requests; nil if it may.
    private let unreadiness: () -> Unreadiness?

    init(unreadiness: @escaping () -> Unreadiness?) { self.unreadiness = unreadiness }

    func addRoutes(to router: Router, behind gates: Gates) {
        router.get("/health") { [loop, startedAt] _, response in
            response.end(room: Self.room) { json, times in
                json.append(#"{"status":"healthy","timestamp":""#)
                times.write(.now, to: &json)
                json.append(#"","requestId":""#)
                response.writeRequestID(to: &json)
                json.append(#"","uptimeSeconds":"#)
                json.append(decimal: Int((loop.now - startedAt) / 1_000))
                json.append("}")
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

    /// How many bytes the health has at most: the names, a time, the name of the request, a number.
    private static let room = 300
}
