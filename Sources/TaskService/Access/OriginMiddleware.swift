import HTTPTypes
import UVCore
import UVHTTP

/// Refuses what a foreign web page has its visitor's browser ask for, if it is more than reading.
///
/// Browsers say in `Origin` which page asks; programs do not send it. It is compared with the list of pages that may,
/// and never with `Host`, which the page's own name could stand in.
@LoopActor
struct OriginMiddleware {
    /// Gives the pages that may; asked anew each time, for the port is known only when the server listens.
    let allowed: () -> [String]

    func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        guard request.method.onlyReads || admits(request) else { return Self.refuse(response) }
        try next()
    }

    func admits(_ request: IncomingMessage) -> Bool {
        guard let origin = request.header(.origin) else { return true }
        return allowed().contains(origin)
    }

    /// Answers 403.
    static func refuse(_ response: ServerResponse) {
        response.end(.forbiddenOrigin, "Pages of this origin may not do this; see --origin.")
    }
}
