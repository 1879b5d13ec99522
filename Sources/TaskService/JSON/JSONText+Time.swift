import UVCore

extension JSONText {
    /// Milliseconds with two places.
    mutating func member(_ name: StaticString, milliseconds duration: Duration) {
        member(name, (duration / .microseconds(10)).rounded() / 100)
    }

    /// Whole seconds.
    mutating func member(_ name: StaticString, secondsSince start: ContinuousClock.Instant) {
        member(name, Int((ContinuousClock.now - start).wholeMilliseconds / 1_000))
    }
}
