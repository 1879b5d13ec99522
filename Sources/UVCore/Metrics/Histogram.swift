/// Counts how often each value was seen, in little memory whatever their number: a histogram in the manner of Gil
/// Tene's HdrHistogram, which Node uses.
///
/// A value is counted in a *slot*. Slots are exact up to 255; above, each power of two is cut into 128 of them:
///
/// ```
///  0 … 255        256 … 511         512 … 1023        1024 … 2047
///  one each       2 values each     4 values each     8 values each     …
/// ```
///
/// So a percentile is at most 1/128 of its value (0.8 %) above a value that was seen there, and 128 slots are enough
/// for each doubling of the range: about 2,000 for anything from a nanosecond to a minute. Smallest, largest, mean and
/// deviation are kept apart and exact.
public struct Histogram: Sendable, Equatable {
    /// The highest value that is counted; one above it only shows in ``exceeds``.
    public let highest: Int

    /// Values counted.
    public private(set) var count = 0

    /// Values that were not counted: above ``highest``, or below zero.
    public private(set) var exceeds = 0

    private var slots: [Int] = []
    private var smallest = Int.max
    private var largest = 0
    // Welford's way: no sum of squares, which would lose the small values beside the large.
    private var runningMean = 0.0
    private var squaredDeviations = 0.0

    /// - Parameter highest: an hour in nanoseconds, unless another is given.
    public init(highest: Int = 3_600_000_000_000) {
        self.highest = highest
    }

    /// Counts `value`, unless it lies outside 0 to ``highest``.
    ///
    /// - Complexity: O(1), but for the growth up to the slot of the largest value.
    public mutating func record(_ value: Int) {
        guard value >= 0, value <= highest else {
            exceeds += 1
            return
        }
        let slot = Self.slot(of: value)
        if slot >= slots.count { slots += repeatElement(0, count: slot + 1 - slots.count) }
        slots[slot] += 1
        count += 1
        smallest = Swift.min(smallest, value)
        largest = Swift.max(largest, value)
        let deviation = Double(value) - runningMean
        runningMean += deviation / Double(count)
        squaredDeviations += deviation * (Double(value) - runningMean)
    }

    /// Forgets all values.
    public mutating func reset() {
        self = Histogram(highest: highest)
    }
}

// MARK: - Reading

extension Histogram {
    /// The smallest value; nil when there is none.
    public var min: Int? { count == 0 ? nil : smallest }

    /// The largest value; nil when there is none.
    public var max: Int? { count == 0 ? nil : largest }

    /// The mean; nil without a value.
    public var mean: Double? { count == 0 ? nil : runningMean }

    /// The standard deviation of the values, taken as all there are; nil without a value.
    public var stddev: Double? { count == 0 ? nil : (squaredDeviations / Double(count)).squareRoot() }

    /// The smallest value that at least `percent` of the values do not exceed; nil without a value.
    ///
    /// - Parameter percent: from 0 to 100; what lies outside counts as the nearest of them.
    /// - Complexity: O(slots).
    public func percentile(_ percent: Double) -> Int? {
        guard count > 0 else { return nil }
        let share = percent.isNaN ? 0 : Swift.min(Swift.max(percent, 0), 100) / 100
        let rank = Swift.max(1, Int((share * Double(count)).rounded(.up)))
        var seen = 0
        for (slot, values) in slots.enumerated() where values > 0 {
            seen += values
            if seen >= rank { return Swift.min(Swift.max(Self.highestValue(of: slot), smallest), largest) }
        }
        return largest
    }
}

// MARK: - Slots

extension Histogram {
    /// Slots for each doubling of the range, as a power of two.
    private static let precisionBits = 7

    /// The leading eight bits of a value above 255, behind how many there are below them.
    private static func slot(of value: Int) -> Int {
        let shift = Swift.max(0, Int.bitWidth - value.leadingZeroBitCount - precisionBits - 1)
        return shift << precisionBits + value >> shift
    }

    private static func highestValue(of slot: Int) -> Int {
        let shift = Swift.max(0, slot >> precisionBits - 1)
        let leading = slot - shift << precisionBits
        return (leading + 1) << shift - 1
    }
}
