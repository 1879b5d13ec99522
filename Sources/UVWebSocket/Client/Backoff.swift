import UVCore

/// How long a client waits before it connects again: a random time below a bound that doubles with each failure.
///
/// All of the time is random ("full jitter"), from nothing to the bound, so that the clients of a server that restarts come
/// back one by one, and not all at once. A connection that lasted longer than ``longest`` counts as a success, and the bound
/// is the first again; one that was accepted and soon ended does not, or its client would come back at full speed for ever.
///
/// It is a value: the caller says how long the connection lasted, and may say where the random numbers come from.
public struct Backoff: Sendable {
    /// The first bound.
    public let shortest: Duration

    /// The bound that is never passed.
    public let longest: Duration

    /// No delay is longer than this next time.
    public private(set) var bound: Duration

    /// - Precondition: `shortest` is positive, and not above `longest`.
    public init(_ shortest: Duration = .milliseconds(500), upTo longest: Duration = .seconds(20)) {
        if shortest <= .zero || shortest > longest { programError("a backoff goes from a positive duration upwards") }
        (self.shortest, self.longest, bound) = (shortest, longest, shortest)
    }

    /// The time to wait now that a connection has ended, or could not be made.
    ///
    /// - Parameters:
    ///   - lasted: How long the connection was open; zero if it never was.
    ///   - generator: Where the random numbers come from.
    public mutating func delay(
        afterConnectionOf lasted: Duration = .zero, using generator: inout some RandomNumberGenerator
    ) -> Duration {
        if lasted > longest { bound = shortest }
        defer { bound = bound > longest / 2 ? longest : bound * 2 }
        let part = Double(generator.next()) / Double(UInt64.max)
        // The product of a very long time is rounded, perhaps upwards.
        return min(bound, bound * part)
    }

    /// The time to wait, by the system's random numbers.
    public mutating func delay(afterConnectionOf lasted: Duration = .zero) -> Duration {
        var generator = SystemRandomNumberGenerator()
        return delay(afterConnectionOf: lasted, using: &generator)
    }
}
