import Testing
import UVCore

@Suite struct HistogramTests {
    @Test("Without a value there is nothing to tell")
    func empty() {
        let histogram = Histogram()
        #expect(histogram.count == 0 && histogram.exceeds == 0)
        #expect(histogram.min == nil && histogram.max == nil && histogram.mean == nil && histogram.stddev == nil)
        #expect(histogram.percentile(50) == nil)
    }

    @Test("Up to 255 every percentile is exact", arguments: [(0.0, 1), (1, 2), (50, 100), (99.5, 199), (100, 200)])
    func exact(percent: Double, expected: Int) {
        var histogram = Histogram()
        for value in (1...200).reversed() { histogram.record(value) }
        #expect(histogram.percentile(percent) == expected)
    }

    @Test("Smallest, largest, mean and deviation are exact, whatever the size of the values")
    func moments() throws {
        var histogram = Histogram()
        for value in [2, 4, 4, 4, 5, 5, 7, 9] { histogram.record(value * 1_000_000_007) }
        #expect(histogram.min == 2_000_000_014 && histogram.max == 9_000_000_063)
        #expect(try abs(#require(histogram.mean) - 5_000_000_035) < 1)
        #expect(try abs(#require(histogram.stddev) - 2_000_000_014) < 1)
    }

    @Test("A percentile is at most 1/128 above a value of that rank", arguments: [1, 2, 3] as [UInt64])
    func precision(seed: UInt64) throws {
        var random = seed
        var values: [Int] = []
        var histogram = Histogram()
        for _ in 0..<5_000 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Int(truncatingIfNeeded: random >> 22) >> Int(random & 31)
            guard value <= histogram.highest else { continue }
            values.append(value)
            histogram.record(value)
        }
        values.sort()
        for percent in stride(from: 0.5, through: 100, by: 0.5) {
            let exact = values[max(1, Int((percent / 100 * Double(values.count)).rounded(.up))) - 1]
            let found = try #require(histogram.percentile(percent))
            #expect(found >= exact && found - exact <= exact / 128, "\(percent) % with seed \(seed)")
        }
    }

    @Test("What exceeds the range, or is negative, is counted apart")
    func exceeds() {
        var histogram = Histogram(highest: 1_000)
        histogram.record(1_000)
        #expect(histogram.exceeds == 0 && histogram.count == 1)
        histogram.record(1_001)
        histogram.record(-1)
        histogram.record(.max)
        #expect(histogram.exceeds == 3 && histogram.count == 1 && histogram.max == 1_000)
    }

    @Test("A reset histogram is as a new one")
    func reset() {
        var histogram = Histogram(highest: 10_000)
        for value in [1, 5_000, 20_000] { histogram.record(value) }
        histogram.reset()
        #expect(histogram == Histogram(highest: 10_000))
    }
}
