public import UVCore

/// A step on the way to a handler: it may answer, or pass the request on with `next`, or both.
///
/// ```swift
/// struct Signature: Middleware {
///     func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
///         response.setHeader(.server, "taskflow")
///         try next()
///     }
/// }
///
/// router.use(Signature())
/// router.use { request, response, next in try next() }   // a closure will do
/// ```
@LoopActor
public protocol Middleware {
    /// Looks at a request: answers it, or calls `next`.
    func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws
}

/// A middleware that is a closure, for the lists of ``Routes/get(_:through:_:)-(_,_,HTTPServer.Handler)`` and its like.
public struct ClosureMiddleware: Middleware {
    private let body: (IncomingMessage, ServerResponse, Next) throws -> Void

    public init(_ body: @escaping (IncomingMessage, ServerResponse, Next) throws -> Void) { self.body = body }

    /// - Parameter body: Run as a task on the loop's thread; what it throws is handled as what a handler throws.
    public init(_ body: @escaping @LoopActor (IncomingMessage, ServerResponse, Next) async throws -> Void) {
        self.body = { request, response, next in
            response.answer(request) { request, response in try await body(request, response, next) }
        }
    }

    public func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        try body(request, response, next)
    }
}

/// The rest of a chain: what a middleware calls to pass the request on.
///
/// It is a value, a place in a chain that never changes, so that passing on allocates nothing.
@LoopActor
public struct Next {
    private let chain: Chain?
    private let response: ServerResponse

    init(_ chain: Chain?, _ response: ServerResponse) {
        self.chain = chain
        self.response = response
    }

    /// Calls the next step. It returns when that has returned, which may be before the request is answered.
    public func callAsFunction() throws {
        guard let chain, let request = response.request else { return }
        try chain.step(request, response, Next(chain.rest, response))
    }
}

/// Middleware and what they lead to: a list, each link of which is the chain from there on.
@LoopActor
final class Chain {
    fileprivate let step: any Middleware
    fileprivate let rest: Chain?

    private init(_ step: any Middleware, _ rest: Chain?) {
        self.step = step
        self.rest = rest
    }

    /// The chain of `steps`, the last of which passes nothing on.
    static func of(_ steps: [any Middleware]) -> Chain? {
        steps.reversed().reduce(nil) { rest, step in Chain(step, rest) }
    }
}
