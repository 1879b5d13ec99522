extension EventLoop {
    /// Calls `body` with each of `items`, so many in each iteration of the loop, beginning now: what else there is to do
    /// goes on in between.
    package func inPortions<Item>(
        of count: Int, _ items: ArraySlice<Item>, _ body: @escaping @LoopActor (Item) -> Void
    ) {
        for item in items.prefix(count) { body(item) }
        let rest = items.dropFirst(count)
        guard !rest.isEmpty else { return }
        setImmediate { [self] in inPortions(of: count, rest, body) }
    }
}
