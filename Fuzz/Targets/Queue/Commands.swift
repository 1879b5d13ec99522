extension FuzzTarget {
    /// Commands, clocks, failing appends, crashes and other servers, each chosen by a byte, against the queue's rules.
    static let queue = FuzzTarget("queue", "commands of the work queue, against its rules") { bytes in
        var run = QueueRun(random: ByteGenerator(bytes))
        // Each step takes several bytes, but a few take one alone.
        while !run.random.isAtEnd {
            try run.step()
            if run.inFlight.isEmpty { try run.checkFold() }
        }
        try run.keep(run.inFlight.count)
        try run.checkFold()
        try run.drain()
    }
}
