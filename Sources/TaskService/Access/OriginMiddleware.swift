import UVCore
import UVHTTP

/// Refuses a request that a foreign web page makes by its visitor's browser, if it does more than read: if its method
/// changes something, or if the reading is hard work or begins something.
///
/// Browsers say in `Origin` which page asks, and in `Sec-Fetch-Site` how far it is from this server, also where they send
/// no `Origin`, as for an image; programs send neither. `Origin` is compared with the list of pages that may, and never
/// with `Host`, which the page's own name could stand in. A page on the list is a foreign one to the browser, too, so its
/// `Origin` counts more than `Sec-Fetch-Site`. Fetch Metadata Request Headers, section 2.
@LoopActor
struct OriginMiddleware: Middleware {
    /// Knows the pages that may make such requests.
    let cors: CORS
    let refusals: RefusalLog

    func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        if admits(request) || request.method.onlyReads && !Self.works(request) { return try next() }
        refuse(request, response)
    }

    /// Whether no page has made the request, or one that may.
    func admits(_ request: IncomingMessage) -> Bool {
        if let origin = request.header(known: .origin) { return cors.isEntry(origin) }
        guard let site = request.header(known: .secFetchSite) else { return true }
        return site.isSame(as: "same-origin") || site.isSame(as: "none")
    }

    /// Answers 403.
    func refuse(_ request: IncomingMessage, _ response: ServerResponse) {
        refusals.count(.origin, request)
        response.end(.forbiddenOrigin, "Pages of this origin may not do this; see --origin.")
    }

    /// Whether a GET there costs more than an answer, or changes something. Every other path without a token only
    /// answers. A foreign page cannot ask for a path with one: for pages that are not on the list a browser sends no
    /// `Authorization`.
    private static func works(_ request: IncomingMessage) -> Bool {
        request.isBelow("demo") || request.isBelow("tasks", "reports")
    }
}
