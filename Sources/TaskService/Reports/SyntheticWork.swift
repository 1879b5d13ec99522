#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Work for a processor. Its result is of no use; how long others wait meanwhile shows where it is done.
enum SyntheticWork {
    /// How much may be asked for.
    static let iterations = 1...1_000_000_000
    /// How much is done when the request does not say.
    static let standard = 5_000_000
    /// How long it may take.
    static let limit: Duration = .seconds(10)

    /// What comes of it.
    struct Outcome: Sendable, Hashable {
        /// The sum so far, rounded to four places.
        let result: Double
        /// False when it was stopped before the end.
        let isComplete: Bool
        let duration: Duration
    }

    /// The sum of `sqrt((i % 1000) + 1) * sin(i % 360)` for all `i` below `iterations`, as far as it gets within `limit`.
    ///
    /// - Parameter isCancelled: Asked now and then, like the time.
    static func run(
        _ iterations: Int, limit: Duration = limit, isCancelled: () -> Bool = { false }
    ) -> Outcome {
        let start = ContinuousClock.now
        var sum = 0.0
        var next = 0
        while next < iterations {
            let end = min(next + stride, iterations)
            for index in next..<end {
                sum += Double(index % 1_000 + 1).squareRoot() * sin(Double(index % 360))
            }
            next = end
            if ContinuousClock.now - start >= limit || isCancelled() { break }
        }
        return Outcome(
            result: (sum * 10_000).rounded() / 10_000, isComplete: next == iterations,
            duration: ContinuousClock.now - start)
    }

    /// How many are done between two looks at the clock: a few milliseconds of work.
    private static let stride = 65_536
}
