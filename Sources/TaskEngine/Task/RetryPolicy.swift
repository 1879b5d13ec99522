/// How long a task waits behind a failed attempt: the wait grows with each.
public struct RetryPolicy: Sendable, Hashable {
    public var base: Duration
    public var factor: Double
    public var max: Duration
    /// The share by which a wait is made longer or shorter by chance, so that what failed together is not tried together.
    public var jitter: Double

    public init(
        base: Duration = .seconds(5), factor: Double = 3, max: Duration = .seconds(3_600), jitter: Double = 0.2
    ) {
        self.base = base
        self.factor = factor
        self.max = max
        self.jitter = jitter
    }

    public static let standard = RetryPolicy()

    /// The wait behind the failed attempt of that number, from 1 on.
    ///
    /// - Parameter random: any bits; the same give the same wait.
    /// - Complexity: O(`attempt`).
    public func delay(behind attempt: Int, random: UInt64) -> Duration {
        let limit = max / .seconds(1)
        var seconds = base / .seconds(1)
        for _ in 1..<Swift.max(attempt, 1) where seconds < limit { seconds *= factor }
        let chance = Double(random) / 0x1p64
        let wait = Swift.min(seconds, limit) * (1 + jitter * (2 * chance - 1))
        return .milliseconds(Int64(wait * 1_000))
    }
}
