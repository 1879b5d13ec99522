/// Where ``IncomingMessage`` and ``ServerResponse``, the two faces of an exchange, find its state.
@LoopActor
final class SharedExchange {
    /// `connection` is nil once both halves are done with.
    struct State {
        var value: Exchange
        var connection: HTTPConnection?
    }

    /// Unchecked: a mutation of the value runs no code of the program, which runs by the actions behind it.
    @exclusivity(unchecked) var state: State

    let server: HTTPServer

    init(_ value: Exchange, on connection: HTTPConnection) {
        state = State(value: value, connection: connection)
        server = connection.server
    }

    /// An exchange that no connection carries any more.
    init(_ value: Exchange, on server: HTTPServer) {
        state = State(value: value)
        self.server = server
    }

    /// The connection is not needed behind the end of both halves.
    func letGo() {
        if state.value.isOver { state.connection = nil }
    }
}
