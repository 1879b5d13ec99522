import UVHTTP

/// Lets each client through so many times. A client says its name in the field `X-Client`.
///
/// An answer says in `X-Quota-Left` how many requests the client has left. Without a name it is 400; with nothing left it
/// is 429 Too Many Requests, and what is refused goes no further.
public final class Quota: Middleware {
    private let limit: Int
    private var used: [String: Int] = [:]

    public init(limit: Int) { self.limit = limit }

    public func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        guard let client = request.header(.named("X-Client")) else {
            throw HTTPError(.badRequest, "X-Client says who you are.")
        }
        let count = used[client, default: 0] + 1
        response.setHeader(.named("X-Quota-Left"), "\(max(limit - count, 0))")
        guard count <= limit else { throw HTTPError(.tooManyRequests, "You have asked often enough.") }
        used[client] = count
        try next()
    }
}
