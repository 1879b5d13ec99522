import DequeModule

/// What only some sockets have: callbacks of their writes and of their end, a time without traffic, probes, a task that reads.
///
/// A socket that was never asked for any of it has none, and looks at nothing of it when it reads and writes.
@LoopActor
final class SocketExtras {
    /// A write that the system has not taken whole.
    private struct Write {
        /// Where it ends in the stream of all that is written.
        let end: Int
        let done: (LoopError?) throws -> Void
    }

    /// In their order.
    private var writes = Deque<Write>()
    private var ends: [(LoopError?) throws -> Void] = []

    /// The time without traffic, while it is asked for.
    var idle: Timeout?
    var onTimeout: (() throws -> Void)?

    /// How many bytes the system had not taken when it began.
    var bytesInFlight = 0

    /// After how much of silence the peer is probed, asked for before there was a connection.
    var probesAfter: Duration?

    /// Called when the socket has closed, behind the program's own callback.
    var didClose: (() -> Void)?

    /// The task that takes what arrives, where there is one.
    var reader: SocketReader?

    nonisolated init() {}

    func didConnect(_ socket: Socket) {
        if let probesAfter { socket.probe(true, after: probesAfter) }
        socket.didMove()
    }

    func add(writeEndingAt end: Int, _ done: @escaping (LoopError?) throws -> Void) {
        writes.append(Write(end: end, done: done))
    }

    func add(end done: @escaping (LoopError?) throws -> Void) { ends.append(done) }

    /// Calls those whose bytes the system has, each in a tick of its own, as Node does.
    ///
    /// - Complexity: O(those).
    func callWrites(to position: Int, on loop: EventLoop) {
        while let write = writes.first, write.end <= position {
            writes.removeFirst()
            loop.nextTick { try write.done(nil) }
        }
    }

    /// Calls those whose bytes are not, or not all, before `position`: they will not be sent.
    func failWrites(beyond position: Int, _ error: LoopError, on loop: EventLoop) {
        let lost = writes.filter { $0.end > position }
        writes.removeLast(lost.count)
        for write in lost { loop.nextTick { try write.done(error) } }
    }

    func takeEnds() -> [(LoopError?) throws -> Void] {
        defer { ends = [] }
        return ends
    }
}
