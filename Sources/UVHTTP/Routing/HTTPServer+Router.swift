public import UVCore

extension HTTPServer {
    /// A server that routes its requests by `router`.
    ///
    /// - Parameters:
    ///   - tls: What lies between the connections and the network; nil for plain HTTP.
    ///   - router: It may get more routes later.
    public convenience init(tls: (any SocketSecurity)? = nil, _ router: Router) {
        // It refuses bodies over the limit by itself, behind its middleware.
        self.init(checking: .body, tls: tls) { request, response in try router.handle(request, response) }
    }
}
