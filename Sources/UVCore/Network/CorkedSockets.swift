/// The sockets with corked output in the order of their corking, linked through themselves: corking allocates nothing.
@LoopActor
struct CorkedSockets {
    private var first: Socket?
    private var last: Socket?

    var isEmpty: Bool { first == nil }

    /// - Precondition: `socket` is in no such list.
    mutating func append(_ socket: Socket) {
        if let last { last.state.nextCorked = socket } else { first = socket }
        last = socket
    }

    mutating func popFirst() -> Socket? {
        guard let socket = first else { return nil }
        first = socket.state.nextCorked.take()
        if first == nil { last = nil }
        return socket
    }

    mutating func removeAll() {
        // One by one: dropped as a chain they would end each other in calls that nest.
        while popFirst() != nil {}
    }
}
