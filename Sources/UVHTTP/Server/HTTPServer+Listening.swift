extension HTTPServer {
    /// Starts to accept connections; `onListening` is called with the server. See ``listen(port:host:_:)``.
    ///
    /// ```swift
    /// HTTPServer(router).listen(port: 0) { server in print("listening on \(server.address?.port ?? 0)") }
    /// ```
    @discardableResult
    public func listen(
        port: Int, host: String = "127.0.0.1", _ onListening: @escaping (HTTPServer) throws -> Void
    ) -> HTTPServer {
        listen(port: port, host: host) { [self] in try onListening(self) }
    }
}
