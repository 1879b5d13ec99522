import SeededRandom
import Testing
import UVWebSocket

@Suite("A client waits for a random time below a bound that grows, until a connection has lasted")
struct BackoffTests {
    /// A source that always says the same.
    struct Constant: RandomNumberGenerator {
        let bits: UInt64
        func next() -> UInt64 { bits }
    }

    private var greatest = Constant(bits: .max)
    private var least = Constant(bits: 0)

    private static func seconds(_ numbers: Double...) -> [Duration] { numbers.map { .seconds($0) } }

    @Test("The bound doubles from half a second to 20 s, and stays there")
    mutating func growth() {
        var backoff = Backoff()
        let delays = (0..<9).map { _ in backoff.delay(using: &greatest) }
        #expect(delays == Self.seconds(0.5, 1, 2, 4, 8, 16, 20, 20, 20))
    }

    @Test("The least delay is none, at each bound")
    mutating func none() {
        var backoff = Backoff()
        for _ in 0..<9 { #expect(backoff.delay(using: &least) == .zero) }
        #expect(backoff.bound == .seconds(20), "it grew all the same")
    }

    @Test("All between nothing and the bound is equally likely", arguments: [0, 1, 5, 12])
    func jitter(failures: Int) {
        var generator = SeededGenerator(seed: 4 + UInt64(failures))
        var tenths = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 {
            var backoff = Backoff()
            for _ in 0..<failures { _ = backoff.delay(using: &generator) }
            let bound = backoff.bound
            let delay = backoff.delay(using: &generator)
            #expect(delay >= .zero && delay <= bound)
            tenths[min(9, Int(delay / bound * 10))] += 1
        }
        // A thousand each; five standard deviations are 150.
        #expect(tenths.allSatisfy { abs($0 - 1_000) < 150 }, "\(tenths)")
    }

    @Test(
        "A connection that lasted longer than the longest delay begins anew, a shorter one does not",
        arguments: [(0, false), (19_999, false), (20_000, false), (20_001, true), (86_400_000, true)])
    func success(milliseconds: Int, isReset: Bool) {
        var (backoff, greatest) = (Backoff(), Constant(bits: .max))
        for _ in 0..<3 { _ = backoff.delay(using: &greatest) }
        let delay = backoff.delay(afterConnectionOf: .milliseconds(milliseconds), using: &greatest)
        #expect(delay == (isReset ? .milliseconds(500) : .seconds(4)))
        #expect(backoff.bound == (isReset ? .seconds(1) : .seconds(8)))
    }

    @Test("Other bounds, also one that is both, and the longest that there are")
    mutating func bounds() {
        var even = Backoff(.seconds(3), upTo: .seconds(3))
        var odd = Backoff(.seconds(3), upTo: .seconds(7))
        var endless = Backoff(.seconds(Int64.max / 2), upTo: .seconds(Int64.max))
        for _ in 0..<3 {
            #expect(even.delay(using: &greatest) == .seconds(3))
            #expect(endless.delay(using: &greatest) <= .seconds(Int64.max))
        }
        #expect((0..<4).map { _ in odd.delay(using: &greatest) } == Self.seconds(3, 6, 7, 7))
    }

    @Test("Without a source of its own it takes the system's, and no two clients wait alike")
    func system() {
        let delays = (0..<50).map { _ in
            var backoff = Backoff()
            return backoff.delay()
        }
        #expect(Set(delays).count == 50, "two are equal by chance in one run of 10¹²")
    }
}
