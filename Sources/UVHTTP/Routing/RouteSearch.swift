/// The end of a router's own chain: finds the route of a request, and begins the route's chain.
final class RouteSearch: Chain {
    var onNotFound: HTTPServer.Handler = { _, response in response.refuse(HTTPError(.notFound)) }
    var onMethodNotAllowed: HTTPServer.Handler = { _, response in response.refuse(HTTPError(.methodNotAllowed)) }

    /// Unchecked: nothing of the program runs while it is looked through or changed.
    @exclusivity(unchecked) private var table = RouteTable<RouteTarget>()

    /// How many routes were added: what a path leads to may be another one then.
    @exclusivity(unchecked) private var count = 0

    /// All that were added, in their order.
    private(set) var routes: [RequestTally.Route] = []

    func add(_ route: UVHTTP.Route, _ path: RoutePath, _ method: RequestMethod) {
        let chain = Chain.of(route.middleware, RouteHandler(route.handler))
        table.insert(RouteTarget(chain, path.names, number: count), method, path)
        count += 1
        routes.append(RequestTally.Route(method: method.name.rawValue, path: path.text))
    }

    override func run(_ exchange: HTTPExchange) throws {
        if exchange.head.repeatsFormer, exchange.state.formerRoute?.isFound(by: self, count) ?? false {
            exchange.state.repeatRoute()
            if let chain = exchange.state.route?.target.chain { return try chain.run(exchange) }
        }
        switch exchange.head.withPath({ table.match(exchange.method, $0) }) {
        case .found(let route, let named):
            exchange.state.route = FoundRoute(route, firstNamed: named, search: self, count)
            try route.chain.run(exchange)
        case .otherMethods(let methods):
            exchange.response.setHeader(.allow, Self.allow(methods))
            try onMethodNotAllowed(exchange.request, exchange.response)
        case .none where exchange.method == .options && exchange.head.withPath { $0.isAsterisk }:
            answerForAllPaths(exchange.response)
        case .none:
            try onNotFound(exchange.request, exchange.response)
        }
    }

    /// `OPTIONS *` asks for what the server can do, not one of its paths: RFC 9110 section 9.3.7.
    private func answerForAllPaths(_ response: ServerResponse) {
        response.status = .noContent
        response.setHeader(.allow, Self.allow(table.methods.union([.options])))
        response.end()
    }

    private static func allow(_ methods: some Collection<RequestMethod>) -> String {
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
