/// The sockets with corked output in the order of their corking, linked through themselves: corking allocates nothing.
@LoopActor
struct CorkedSockets {
    private var first: Socket?
    /// The last one; nil while it is the first, which is most of the time.
    private var end: Socket?

    var isEmpty: Bool { first == nil }

    /// - Precondition: `socket` is in no such list.
    @inline(__always)
    mutating func append(_ socket: Socket) {
        guard let last = end ?? first else { return first = socket }
        last.state.nextCorked = socket
        end = socket
    }

    mutating func popFirst() -> Socket? {
        guard let socket = first.take() else { return nil }
        first = socket.state.nextCorked.take()
        if end != nil, end === first { end = nil }
        return socket
    }

    mutating func removeAll() {
        // One by one: dropped as a chain they would end each other in calls that nest.
        while popFirst() != nil {}
    }
}
