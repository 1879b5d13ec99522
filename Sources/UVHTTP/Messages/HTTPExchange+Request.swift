import UVCore

// The request's half: its body, as the connection brings it.

extension HTTPExchange: ReceivedMessage {
    var body: RequestBody {
        get { state.value.body }
        _modify { yield &state.value.body }
    }

    func bodyHasReader() { state.connection?.bodyHasReader(self) }

    func bodyIsOver() { letGo() }

    /// The last byte of the body has arrived, and `trailers` behind it.
    func complete(_ trailers: [Trailer]) {
        if !trailers.isEmpty { setExtra { $0.requestTrailers = trailers } }
        complete()
    }

    /// The answer was sent: a body that has no reader is thrown away.
    @inline(__always)
    func wasAnswered() {
        handle(.answered(listeners))
        letGo()
    }

    /// Its body has failed. Where that has cost it the connection, it hears of it with its response, when that has closed.
    func giveUp(_ error: HTTPBodyError, isConnected: Bool) { handle(isConnected ? .cut(error) : .failed(error)) }

    /// The connection is gone, or the request was given up.
    func abort(_ error: HTTPBodyError) { handle(.cut(error)) }
}
