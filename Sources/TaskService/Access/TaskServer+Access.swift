import Logging
import UVCore
import UVHTTP

/// Whom a route is for.
enum Access {
    /// For everybody with a token; users may only read. What most routes are.
    case members
    /// For the admin alone; in development mode for the user too.
    case heavyWork
}

extension TaskServer {
    /// The chain in front of a route: `router.get("/tasks/…", through: chain(for: .members)) { … }`.
    ///
    /// Routes that are for everybody, with or without a token, have none. Host and origin are looked at before.
    func chain(for access: Access) -> [Middleware] {
        let auth = AuthMiddleware(credentials: configuration.credentials)
        let admitsUser =
            switch access {
            case .members: true
            case .heavyWork: configuration.credentials.isDevelopment
            }
        let permission = PermissionMiddleware(admitsUser: admitsUser)
        return [
            { request, response, next in try auth(request, response, next) },
            { request, response, next in try permission(request, response, next) },
        ]
    }

    /// Whether the demonstrations under `/demo` are there.
    var hasDemo: Bool { configuration.isDemoEnabled || configuration.credentials.isDevelopment }

    /// The pages whose scripts may change things: those of `--origin`, or this server's own.
    var allowedOrigins: [String] {
        if !configuration.origins.isEmpty { return configuration.origins }
        let port = http.address?.port ?? configuration.port
        // Browsers leave the port out where it is the scheme's own.
        let suffix = port == 80 ? "" : ":\(port)"
        return ["localhost", "127.0.0.1", "[::1]"].map { "http://\($0)\(suffix)" }
    }

    /// What every request passes, before its route is looked for.
    func addGuards() {
        if configuration.credentials.isDevelopment {
            let host = HostMiddleware()
            router.use { request, response, next in try host(request, response, next) }
        }
        router.use { [origin] request, response, next in try origin(request, response, next) }
    }
}

extension TaskServer {
    /// Whether the server may listen where it is told to; if not, the log says why.
    func mayListen() -> Bool {
        guard configuration.credentials.isDevelopment, !configuration.isLoopback else { return true }
        log.error(
            """
            Without ADMIN_TOKEN and USER_TOKEN the server listens only on this machine, not on \
            \(configuration.host): set them.
            """)
        return false
    }

    /// Warns of what makes it easy to get in.
    func warnOfWeakAccess() {
        if configuration.credentials.isDevelopment {
            log.warning(
                """
                Development mode: neither ADMIN_TOKEN nor USER_TOKEN is set, so the tokens are those of the \
                documentation, which everybody knows.
                """)
        }
        for name in configuration.credentials.shortTokens {
            log.warning("\(name) has fewer than \(AccessToken.goodLength) characters: it can be guessed.")
        }
        if !configuration.isLoopback {
            log.warning("This is plain HTTP on an address that others can reach: TLS must stand in front of it.")
        }
    }
}
