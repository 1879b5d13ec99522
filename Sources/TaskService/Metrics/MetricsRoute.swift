import HTTPTypes
import UVCore
import UVHTTP

/// `GET /metrics`, for every caller with a token: they name routes and projects, and say how much there is to do.
@LoopActor
struct MetricsRoute: ServerPart {
    static let path = "/metrics"

    let metrics: Metrics

    func addRoutes(to router: Router, behind gates: Gates) {
        router.get(Self.path, through: gates.members) { request, response in metrics.send(to: request, response) }
    }
}

/// A port of its own for `GET /metrics`, on this machine alone and without a token, for a scraper beside the server.
///
/// A web page can let its name lead to 127.0.0.1 (DNS rebinding), and would read what its own origin answers; but the name
/// stands in `Host`, and is none of this machine's.
@LoopActor
final class MetricsPort {
    private static let address = "127.0.0.1"

    private let http: HTTPServer

    init(_ metrics: Metrics, _ refusals: RefusalLog) {
        let host = HostMiddleware(Self.address, refusals: refusals)
        let router = Router()
        router.use { request, response, next in
            guard host.admits(request) else {
                return response.refuse(HTTPError(.forbidden, "The metrics are there for localhost and 127.0.0.1."))
            }
            try next()
        }
        router.get(MetricsRoute.path) { request, response in metrics.send(to: request, response) }
        http = HTTPServer(router)
    }

    /// - Parameter failed: Called with why it cannot listen.
    func listen(on port: Int, failed: @escaping (LoopError) -> Void, _ done: @escaping (SocketAddress) -> Void) {
        http.onError = failed
        http.listen(port: port, host: Self.address) { [http] in if let address = http.address { done(address) } }
    }

    func close() { http.close {} }
}
