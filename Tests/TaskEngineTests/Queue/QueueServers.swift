/// The server that is looked at, and another one on the same log, which comes and goes.
struct QueueServers {
    private(set) var own = 1
    /// Nil while there is none.
    private(set) var other: Int? = 2
    /// The number that it had.
    private var last = 2
    private var next = 3

    /// This one was killed, and begins again under another number.
    mutating func beginAnew() { own = takeNumber() }

    /// The other one comes, or goes.
    ///
    /// - Parameter isSame: Whether it comes under the number that it had: it was not dead, but slow.
    /// - Returns: The one that has gone.
    mutating func change(isSame: Bool) -> Int? {
        if let gone = other {
            (other, last) = (nil, gone)
            return gone
        }
        other = isSame ? last : takeNumber()
        return nil
    }

    private mutating func takeNumber() -> Int {
        defer { next += 1 }
        return next
    }
}
