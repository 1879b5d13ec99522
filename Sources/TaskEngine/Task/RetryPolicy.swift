/// How long a task waits behind a failed attempt: the wait grows with each.
public struct RetryPolicy: Sendable, Hashable {
    /// The wait behind the first failed attempt.
    public var base: Duration
    /// How many times longer each wait is than the one before.
    public var factor: Double
    /// No wait grows beyond this, but by chance: see ``jitter``.
    public var max: Duration
    /// The share by which a wait is made longer or shorter by chance, so that what failed together is not tried together.
    public var jitter: Double

    /// A policy with the standard value for each that is not given. Nothing is checked here.
    public init(
        base: Duration = .seconds(5), factor: Double = 3, max: Duration = .seconds(3_600), jitter: Double = 0.2
    ) {
        self.base = base
        self.factor = factor
        self.max = max
        self.jitter = jitter
    }

    /// 5 s, 15 s, 45 s and so on up to an hour, each a fifth longer or shorter at most.
    public static let standard = RetryPolicy()

    /// The wait behind the failed attempt of that number, from 1 on, in whole milliseconds. The same bits of `random`
    /// give the same wait.
    ///
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
