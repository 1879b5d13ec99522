/// What a hub is told to send from one check phase to the next.
struct Turn {
    var batch = Batch()
    /// Whether its end is awaited.
    var isRunning = false
    /// Counts the batches.
    var number: UInt64 = 0
    /// The members that got something. Its room is kept, so that a turn costs no allocation for it.
    var members: [Member] = []

    mutating func takeBatch() -> Batch {
        defer { batch = Batch() }
        return batch
    }
}
