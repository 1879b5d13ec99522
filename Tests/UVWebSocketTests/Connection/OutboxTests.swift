import Testing
import UVWebSocket

@Suite("What may wait for a peer")
struct OutboxTests {
    /// An outbox that an expectation may ask.
    private final class Box {
        private var outbox: Outbox

        init(limit: Int) { outbox = Outbox(limit: limit) }

        var length: Int { outbox.length }

        func admits(_ count: Int, behind written: Int, from source: Outbox.Source) -> Bool {
            outbox.admits(count, behind: written, from: source)
        }

        func endTurn() { outbox.endTurn() }

        func append(_ count: Int, from source: Outbox.Source) {
            outbox.append([UInt8](repeating: 0, count: count), from: source)
        }

        /// The lengths of the frames of the next portion.
        func portion() -> [Int] {
            var lengths: [Int] = []
            outbox.handOver { lengths.append($0.count) }
            return lengths
        }
    }

    @Test(
        "The limit is checked before a frame is added: what waits counts, the frame does not",
        arguments: [
            (100, true), (101, false),
        ])
    func limit(written: Int, isAdmitted: Bool) {
        let outbox = Box(limit: 100)
        #expect(outbox.admits(1_000, behind: written, from: .program) == isAdmitted)
        #expect(outbox.admits(1_000, behind: written, from: .hub) == isAdmitted)
    }

    @Test("What a hub brings to a peer that does not take it counts from its next turn on")
    func turns() {
        let outbox = Box(limit: 100)
        for _ in 0..<3 {
            #expect(!outbox.admits(60, behind: 300_000, from: .hub))
        }
        #expect(outbox.admits(60, behind: 41, from: .hub))
        outbox.append(60, from: .hub)
        #expect(outbox.admits(60, behind: 41, from: .program))
        outbox.endTurn()
        #expect(!outbox.admits(60, behind: 41, from: .hub) && !outbox.admits(60, behind: 41, from: .program))
        #expect(outbox.admits(60, behind: 40, from: .hub))
    }

    @Test("What a hub brings does not count in its turn")
    func fresh() {
        let outbox = Box(limit: 100)
        for _ in 0..<3 {
            #expect(outbox.admits(80, behind: 10, from: .hub))
            outbox.append(80, from: .hub)
        }
        #expect(outbox.admits(1, behind: 10, from: .program))
        #expect(outbox.portion() == [80, 80, 80] && outbox.length == 0)
        #expect(!outbox.admits(11, behind: 240, from: .hub))
    }

    @Test("What the program sends behind it counts at once")
    func program() {
        let outbox = Box(limit: 100)
        outbox.append(500, from: .hub)
        outbox.append(100, from: .program)
        #expect(outbox.admits(1, behind: 0, from: .program))
        outbox.append(1, from: .program)
        #expect(!outbox.admits(1, behind: 0, from: .program))
    }

    @Test("A burst may rise over the limit; until it has sunk nothing goes above its highest level")
    func ceiling() {
        let outbox = Box(limit: 1 << 20)
        #expect(outbox.admits(3 << 20, behind: 0, from: .hub))
        outbox.append(3 << 20, from: .hub)
        _ = outbox.portion()
        // Nothing was taken: no room. 10 bytes were taken: room for 10.
        #expect(!outbox.admits(1, behind: 3 << 20, from: .hub))
        #expect(outbox.admits(10, behind: 3 << 20 - 10, from: .hub))
        #expect(!outbox.admits(11, behind: 3 << 20 - 10, from: .program))
        // It has sunk to the limit: from here on the limit holds again.
        #expect(outbox.admits(1, behind: 1 << 20, from: .program))
        #expect(!outbox.admits(1, behind: 1 << 20 + 1, from: .program))
    }

    @Test("A portion is whole frames up to 256 KiB, or one larger frame")
    func portions() {
        let outbox = Box(limit: 1)
        for count in [100 << 10, 156 << 10, 1, 300 << 10, 1] { outbox.append(count, from: .hub) }
        #expect(outbox.portion() == [100 << 10, 156 << 10])
        #expect(outbox.portion() == [1])
        #expect(outbox.portion() == [300 << 10])
        #expect(outbox.length == 1)
        #expect(outbox.portion() == [1] && outbox.length == 0)
    }

    @Test("Beyond 16 MiB portions grow, so that no more than that stays")
    func most() {
        let outbox = Box(limit: 1)
        for _ in 0..<20 { outbox.append(1 << 20, from: .hub) }
        #expect(outbox.portion().count == 4 && outbox.length == 16 << 20)
        #expect(outbox.portion().count == 1)
    }
}
