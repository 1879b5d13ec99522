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

    /// The closure as a middleware.
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
    private let chain: Chain
    private let exchange: HTTPExchange

    init(_ chain: Chain, _ exchange: HTTPExchange) {
        self.chain = chain
        self.exchange = exchange
    }

    /// Calls the next step. It returns when that has returned, which may be before the request is answered.
    public func callAsFunction() throws { try chain.run(exchange) }
}

/// Middleware and what they lead to: a list, each link of which is the chain from there on. This one is its end, which
/// passes nothing on.
@LoopActor
class Chain {
    /// Calls the first step, with a way to the others.
    func run(_ exchange: HTTPExchange) throws {}

    /// The chain of `steps`, in front of `end`.
    static func of(_ steps: [any Middleware], _ end: Chain) -> Chain {
        steps.reversed().reduce(end) { rest, step in Link(step, rest) }
    }
}

/// A middleware with all that comes behind it.
private final class Link: Chain {
    private let step: any Middleware
    private let rest: Chain

    init(_ step: any Middleware, _ rest: Chain) {
        self.step = step
        self.rest = rest
    }

    override func run(_ exchange: HTTPExchange) throws {
        try step(exchange.request, exchange.response, Next(rest, exchange))
    }
}
