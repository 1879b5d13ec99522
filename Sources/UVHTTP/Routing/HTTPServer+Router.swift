extension HTTPServer {
    /// A server that routes its requests by `router`.
    public convenience init(_ router: Router) {
        // It refuses bodies over the limit by itself, behind its middleware.
        self.init(checking: .body) { request, response in try router.handle(request, response) }
    }
}
