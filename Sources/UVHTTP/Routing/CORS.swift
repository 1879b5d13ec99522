public import HTTPTypes
public import UVCore

/// Lets the scripts of named web pages use this server: cross-origin resource sharing, as the Fetch standard has it.
///
/// ```swift
/// let cors = CORS([try WebOrigin("http://example.org:8080")], methods: [.get, .post], exposes: [.eTag])
/// router.use(cors)
/// ```
///
/// It answers the questions that browsers ask before a request (preflights) of a page that is an entry, before a route is
/// looked for; and it adds to every answer, an error's too, what lets that page read it. It refuses nothing: a browser
/// keeps an answer from a page that is no entry, but only after the request was made. Cookies and other credentials of the
/// browser are not asked for; a page sends its token by itself.
@LoopActor
public final class CORS: Middleware {
    /// The pages whose scripts may use the server. While it is empty, no page may.
    public var origins: [WebOrigin]

    private let methods: String
    private let requestFields: String
    private let exposedFields: String
    private let maxAge: String

    /// - Parameters:
    ///   - origins: Where the pages come from that may ask.
    ///   - methods: Those that a page may use.
    ///   - requestFields: Fields that a page may send beside those that every page may.
    ///   - exposedFields: Fields of answers that a page may read beside those that every page may.
    ///   - maxAge: How long a browser need not ask again, in whole seconds.
    public init(
        _ origins: [WebOrigin] = [], methods: [HTTPRequest.Method], accepts requestFields: [HTTPField.Name] = [],
        exposes exposedFields: [HTTPField.Name] = [], maxAge: Duration = .seconds(600)
    ) {
        self.origins = origins
        self.methods = methods.map(\.rawValue).joined(separator: ", ")
        self.requestFields = requestFields.map(\.rawName).joined(separator: ", ")
        self.exposedFields = exposedFields.map(\.rawName).joined(separator: ", ")
        self.maxAge = String(maxAge.components.seconds)
    }

    /// The middleware: answers a preflight of an entry with 204 and passes everything else on.
    public func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        prepare(response, to: request)
        if !answersPreflight(request, response) { try next() }
    }

    /// Adds to `response` the fields that let the page that asks read it, if the page is an entry; and `Vary: Origin`
    /// in any case, since the answer to another page differs. For answers that no router gives; `request` is nil for an
    /// answer to bytes that never became one.
    ///
    /// - Complexity: O(fields of the request + entries).
    public func prepare(_ response: ServerResponse, to request: IncomingMessage?) {
        response.appendHeader(Self.variesByOrigin)
        admit(request, response)
    }

    /// Adds to `response`, which says already that it varies by the origin, what lets the page that asks read it.
    package func admit(_ request: IncomingMessage?, _ response: ServerResponse) {
        guard let origin = request?.header(known: .origin), isEntry(origin) else { return }
        response.setHeader(.accessControlAllowOrigin, origin)
        if !exposedFields.isEmpty { response.setHeader(.accessControlExposeHeaders, exposedFields) }
    }

    /// Answers a preflight of an entry, whatever its path is; anything else is left as it is.
    ///
    /// - Returns: Whether the request was answered.
    public func answersPreflight(_ request: IncomingMessage, _ response: ServerResponse) -> Bool {
        guard request.exchange.method == .options, request.hasHeader(.accessControlRequestMethod),
            let origin = request.header(known: .origin), isEntry(origin)
        else { return false }
        response.status = .noContent
        response.setHeader(.accessControlAllowMethods, methods)
        if !requestFields.isEmpty { response.setHeader(.accessControlAllowHeaders, requestFields) }
        response.setHeader(.accessControlMaxAge, maxAge)
        response.end()
        return true
    }

    /// What every answer says, also to a request that comes from no page.
    package static let variesByOrigin = FieldLine(.vary, "Origin")

    /// Whether the value of an `Origin` field names an entry, byte by byte.
    public func isEntry(_ origin: String) -> Bool { origins.contains { $0.isNamed(by: origin) } }
}
