import UVCore
import UVHTTP

/// Says what a token allows, so that a client offers no more than that. Each request is looked at all the same.
@LoopActor
struct AccessRoutes: ServerPart {
    func addRoutes(to router: Router, behind gates: Gates) {
        router.group("/tasks/system", through: gates.members) { system in
            system.get("/access") { request, response in
                // The gate has noted it.
                guard let role = request.notes.role else { return AuthMiddleware.refuse(response) }
                response.setHeader(.cacheControl, "no-store")
                response.endObject { json in
                    json.member("role", role.name)
                    json.member("permissions") { json in
                        json.member("create", role != .user)
                        json.member("work", role != .user)
                        json.member("change", role == .admin)
                    }
                }
            }
        }
    }
}
