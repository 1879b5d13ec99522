/// A connection whose layer agrees with the peer's: what follows, and until when it has to.
@LoopActor
final class LayerOpening {
    private let deadline: Deadline
    private let didOpen: () throws -> Void
    private let didEnd: () -> Void

    /// - Parameters:
    ///   - didOpen: Called, as a callback of the loop, when content may pass.
    ///   - didEnd: Called once, before that or when the connection ends first.
    init(deadline: Deadline, didEnd: @escaping () -> Void, didOpen: @escaping () throws -> Void) {
        self.deadline = deadline
        self.didEnd = didEnd
        self.didOpen = didOpen
    }

    /// It is over. Returns what follows if the two ends have agreed.
    func end() -> () throws -> Void {
        deadline.cancel()
        didEnd()
        return didOpen
    }
}

/// The accepted connections that are agreeing, in the order in which they came. At the limit the oldest has to go: one
/// that does not answer is older than all that do.
struct Handshakes {
    private var sockets: [UInt64: Socket] = [:]
    private var oldest: UInt64 = 0
    private var next: UInt64 = 0

    var count: Int { sockets.count }

    /// - Returns: Its number, to remove it by.
    mutating func insert(_ socket: Socket) -> UInt64 {
        defer { next += 1 }
        sockets[next] = socket
        return next
    }

    mutating func remove(_ number: UInt64) { sockets[number] = nil }

    /// - Complexity: O(1), amortised over those that came.
    mutating func removeOldest() -> Socket? {
        while oldest < next {
            defer { oldest += 1 }
            if let socket = sockets.removeValue(forKey: oldest) { return socket }
        }
        return nil
    }
}
