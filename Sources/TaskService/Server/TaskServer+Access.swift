import Logging
import UVCore
import UVHTTP

extension TaskServer {
    /// Whether the demonstrations under `/demo` are there.
    var hasDemo: Bool { configuration.isDemoEnabled || configuration.credentials.isDevelopment }

    /// The pages whose scripts may change things: those of `--origin`, or this server's own.
    func origins(at address: SocketAddress) -> [WebOrigin] {
        guard configuration.origins.isEmpty else { return configuration.origins }
        let names = ["localhost", "127.0.0.1", "[::1]"].map { WebOrigin(scheme: scheme, host: $0, port: address.port) }
        // No browser opens a page at an address with a zone.
        guard let own = try? WebOrigin("\(scheme)://\(address)"), !names.contains(own) else { return names }
        return names + [own]
    }

    /// How the server's own URLs begin.
    var scheme: StaticString { tls == nil ? "http" : "https" }

    var origin: OriginMiddleware { OriginMiddleware(cors: cors, refusals: refusals) }

    func addGuards() { router.use(Guards(of: self)) }
}

/// What every request passes, before its route is looked for.
private final class Guards: Middleware {
    private let server: TaskServer
    private let host: HostMiddleware?
    private let origin: OriginMiddleware

    init(of server: TaskServer) {
        self.server = server
        let configuration = server.configuration
        host =
            configuration.credentials.isDevelopment
            ? HostMiddleware(configuration.host, refusals: server.refusals) : nil
        origin = server.origin
    }

    func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        guard !request.notes.contains(.passGuards) else {
            server.begin(response, toUsual: request)
            if server.board.isLoading, server.refusesWhileLoading(request, response) { return }
            return try next()
        }
        server.begin(response, to: request)
        if let host, !host.admits(request) { return host.refuse(request, response) }
        if server.cors.answersPreflight(request, response) { return }
        if server.board.isLoading, server.refusesWhileLoading(request, response) { return }
        if isUsual(request) { request.note(.passGuards) }
        try origin(request, response, next)
    }

    /// Whether nothing in its fields is of interest here again: no page that may ask is named, and the request is not either.
    private func isUsual(_ request: IncomingMessage) -> Bool {
        !request.hasHeader(.origin) && !request.hasHeader(.requestID) && !request.hasHeader(.traceParent)
            && origin.admits(request)
    }
}

extension TaskServer {
    /// Whether the server may listen where it is told to; if not, the log says why.
    func mayListen() -> Bool {
        guard configuration.credentials.isDevelopment, !configuration.isLoopback else { return true }
        refuseToListen(on: configuration.host)
        return false
    }

    /// Whether the server may serve at the address that it has got.
    func mayListen(on address: SocketAddress) -> Bool {
        guard configuration.credentials.isDevelopment, !ListenHost.isLoopback(address.host) else { return true }
        refuseToListen(on: address.host)
        return false
    }

    private func refuseToListen(on host: String) {
        log.error(
            "Without ADMIN_TOKEN, USER_TOKEN and WORKER_TOKEN the server listens only on this machine, not on \(host): set them."
        )
    }

    /// Warns of what makes it easy to get in.
    func warnOfWeakAccess(on address: SocketAddress) {
        if configuration.credentials.isDevelopment {
            log.warning(
                """
                Development mode: neither ADMIN_TOKEN nor USER_TOKEN nor WORKER_TOKEN is set, so the tokens are those \
                of the documentation, which everybody knows.
                """)
        }
        if configuration.credentials.areKnown {
            log.warning("A token is one of those of the documentation, which everybody knows.")
        }
        for name in configuration.credentials.shortTokens {
            log.warning("\(name) has fewer than \(AccessToken.goodLength) characters: it can be guessed.")
        }
        if tls == nil, !ListenHost.isLoopback(address.host) {
            log.warning("This is plain HTTP on an address that others can reach: TLS must stand in front of it.")
        }
    }
}
