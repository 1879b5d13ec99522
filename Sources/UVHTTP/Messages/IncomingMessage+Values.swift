extension IncomingMessage {
    /// What a middleware has found out for those behind it, one value of each type, as Express's `request.user`.
    ///
    /// ```swift
    /// router.use { request, response, next in
    ///     request[Role.self] = role(of: request)
    ///     try next()
    /// }
    /// ```
    /// - Complexity: O(1); a request with no value allocates nothing.
    public subscript<Value>(type: Value.Type) -> Value? {
        get { exchange.state.extras?.values[ObjectIdentifier(type)] as? Value }
        nonmutating set { exchange.setExtra { $0.values[ObjectIdentifier(type)] = newValue } }
    }
}
