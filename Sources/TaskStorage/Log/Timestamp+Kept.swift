import TaskEngine

extension Timestamp {
    /// The time that was kept as so many milliseconds. Nil if no clock shows it: then it was damaged, and a sum of it with
    /// a delay or with what a priority is worth could overflow.
    init?(kept milliseconds: Int64) {
        guard Self.kept.contains(milliseconds) else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// Those of JavaScript's `Date`: 273,790 years before 1970 and behind it.
    private static let kept: ClosedRange<Int64> = -8_640_000_000_000_000...8_640_000_000_000_000
}
