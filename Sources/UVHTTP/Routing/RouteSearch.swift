/// The end of a router's own chain: finds the route of a request, and begins the route's chain.
final class RouteSearch: Chain {
    /// What a path leads to: the chain with the handler at its end, and the names of the path's segments.
    private final class Route {
        let chain: Chain
        let names: [SegmentName]

        init(_ chain: Chain, _ names: [SegmentName]) {
            self.chain = chain
            self.names = names
        }
    }

    var onNotFound: HTTPServer.Handler = { _, response in response.refuse(HTTPError(.notFound)) }
    var onMethodNotAllowed: HTTPServer.Handler = { _, response in response.refuse(HTTPError(.methodNotAllowed)) }

    /// Unchecked: nothing of the program runs while it is looked through or changed.
    @exclusivity(unchecked) private var table = RouteTable<Route>()

    func add(_ route: UVHTTP.Route, _ path: RoutePath, _ method: RequestMethod) {
        let chain = Chain.of(route.middleware, RouteHandler(route.handler))
        table.insert(Route(chain, path.names), method, path)
    }

    override func run(_ exchange: HTTPExchange) throws {
        switch exchange.head.withPath({ table.match(exchange.method, $0) }) {
        case .found(let route, let named):
            exchange.setSegmentNames(route.names, first: named)
            try route.chain.run(exchange)
        case .otherMethods(let methods):
            exchange.response.setHeader(.allow, Self.allow(methods))
            try onMethodNotAllowed(exchange.request, exchange.response)
        case .none:
            try onNotFound(exchange.request, exchange.response)
        }
    }

    private static func allow(_ methods: [RequestMethod]) -> String {
        let implied: [RequestMethod] = methods.contains(.get) && !methods.contains(.head) ? [.head] : []
        return (methods + implied).map(\.rawValue).sorted().map(\.text).joined(separator: ", ")
    }
}

/// The end of a route's chain.
private final class RouteHandler: Chain {
    private let handler: HTTPServer.Handler

    init(_ handler: @escaping HTTPServer.Handler) { self.handler = handler }

    override func run(_ exchange: HTTPExchange) throws {
        if exchange.state.value.exceedsLimit { return exchange.request.refuseBody() }
        try handler(exchange.request, exchange.response)
    }
}
