// What is gathered of bodies that have not come whole is bounded for all connections of the server together.
extension HTTPConnection: UnfinishedMessages.Owner {
    var unfinished: UnfinishedMessages.Part? {
        get { state.unfinished }
        set { state.unfinished = newValue }
    }

    var allUnfinished: UnfinishedMessages { server.unfinished }

    /// Counts what is gathered of the body under way.
    func countUnfinished(of exchange: HTTPExchange) { countUnfinished(exchange.bodyCallbacks.collector?.count ?? 0) }

    func giveUpMessage() { fail(.tooMuchUnderWay) }
}
