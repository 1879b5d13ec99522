public import UVCore

/// A step on the way to a handler: it may answer, or pass the request on with `next`, or both.
///
/// ```swift
/// router.use { request, response, next in
///     response.setHeader(.server, "taskflow")
///     try next()
/// }
/// ```
public typealias Middleware = (IncomingMessage, ServerResponse, Next) throws -> Void

/// A middleware in a chain.
///
/// A struct of its own, since a closure that lies in an array as it is gets wrapped in another one whenever it is read.
struct Step {
    let middleware: Middleware
}

/// The rest of a chain: what a middleware calls to pass the request on.
///
/// It is a value, a chain and a place in it, so that passing on allocates nothing.
@LoopActor
public struct Next {
    private let chain: [Step]
    private let index: Int
    private let request: IncomingMessage
    private let response: ServerResponse

    init(_ chain: [Step], at index: Int = 0, _ request: IncomingMessage, _ response: ServerResponse) {
        self.chain = chain
        self.index = index
        self.request = request
        self.response = response
    }

    /// Calls the next step. It returns when that has returned, which may be before the request is answered.
    public func callAsFunction() throws {
        guard index < chain.count else { return }
        try chain[index].middleware(request, response, Next(chain, at: index + 1, request, response))
    }
}
