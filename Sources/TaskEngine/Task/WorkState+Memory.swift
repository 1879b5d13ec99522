extension WorkState {
    /// About how many bytes it has in memory beside a task, with all that it points to.
    ///
    /// - Complexity: O(attempts).
    var memory: Int {
        Self.ownMemory + settings.memory + (lease?.memory ?? 0)
            + (attempts.isEmpty ? 0 : Allocation.memory(of: attempts.count * MemoryLayout<Attempt>.stride))
            + attempts.reduce(0) { $0 + $1.memory } + (error?.memory ?? 0) + (cancellation?.reason?.memory ?? 0)
    }
}

extension WorkSettings {
    fileprivate var memory: Int { (type?.memory ?? 0) + (unique?.key.memory ?? 0) }
}

extension Lease {
    fileprivate var memory: Int { worker.memory + (claimKey?.memory ?? 0) }
}

extension Attempt {
    fileprivate var memory: Int { worker.memory + (error?.memory ?? 0) }
}

extension WorkError {
    fileprivate var memory: Int { (code?.memory ?? 0) + message.memory + (details?.memory ?? 0) }
}

extension PlainText {
    /// How many bytes it has beside its own place.
    var memory: Int { Allocation.memory(of: text) }
}

extension JSONBody {
    /// How many bytes it has beside its own place.
    var memory: Int { Allocation.memory(of: bytes.count) }
}

extension BodyChange {
    /// How many bytes it has beside its own place.
    var memory: Int { (payload??.memory ?? 0) + (result??.memory ?? 0) }
}
