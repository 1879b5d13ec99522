/// What a hub is told to send from one check phase to the next.
struct Turn {
    var batch = Batch()
    /// Whether its end is awaited.
    var isRunning = false
    /// Counts the batches that go to several rooms.
    var number: UInt64 = 0
    /// The members that got something.
    var members: [Member] = []

    mutating func takeBatch() -> Batch {
        defer { batch = Batch() }
        return batch
    }

    /// Ends the turn, and returns the members that got something in it.
    mutating func end() -> [Member] {
        defer { members = [] }
        isRunning = false
        return members
    }
}
