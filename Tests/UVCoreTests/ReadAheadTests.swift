import Testing

@testable import UVCore

@Suite("What was read ahead holds the memory of what waits, not of what was taken")
struct ReadAheadTests {
    /// The bytes of the read with that number, which tell it from its neighbours.
    private static func read(_ number: Int, count: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: count)
    }

    @Test("A reader that is always one read behind", arguments: [1, 100, 16_000])
    func neverEmpty(count: Int) {
        var ahead = ReadAhead()
        ahead.append(Self.read(0, count: count).span.bytes)
        for number in 1...5_000 {
            ahead.append(Self.read(number, count: count).span.bytes)
            #expect(ahead.takeFirst() == Self.read(number - 1, count: count))
            #expect(ahead.byteCount == count)
        }
        #expect(ahead.capacity <= 8 * count + 256)
    }

    @Test("Reads of all lengths come out as they came in, while more and fewer of them wait")
    func order() {
        var ahead = ReadAhead()
        var (added, taken, waiting) = (0, 0, 0)
        for round in 1...200 {
            for _ in 0..<round % 23 {
                ahead.append(Self.read(added, count: added % 37 + 1).span.bytes)
                waiting += added % 37 + 1
                added += 1
            }
            for _ in 0..<round % 19 where taken < added {
                #expect(ahead.takeFirst() == Self.read(taken, count: taken % 37 + 1))
                waiting -= taken % 37 + 1
                taken += 1
            }
            #expect(ahead.byteCount == waiting)
        }
        while let bytes = ahead.takeFirst() {
            #expect(bytes == Self.read(taken, count: taken % 37 + 1))
            taken += 1
        }
        #expect(taken == added && ahead.isEmpty)
    }
}
