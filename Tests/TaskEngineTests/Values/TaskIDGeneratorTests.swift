import SeededRandom
import Testing

@testable import TaskEngine

@Suite("The generator of ids")
struct TaskIDGeneratorTests {
    private let noon = Timestamp(milliseconds: 0x0193_b5a0_7c3f)

    @Test("An id has the time, version 7, the counter, variant 2 and the random bits, each in its place")
    func layout() {
        var generator = TaskIDGenerator()
        #expect(generator.next(at: noon, random: 0).description == "0193b5a0-7c3f-7000-8000-000000000000")
        #expect(generator.next(at: noon, random: .max).description == "0193b5a0-7c3f-7001-bfff-ffffffffffff")
    }

    @Test("The counter begins again with each millisecond")
    func counter() {
        var generator = TaskIDGenerator()
        _ = generator.next(at: noon, random: 0)
        _ = generator.next(at: noon, random: 0)
        let later = generator.next(at: Timestamp(milliseconds: noon.milliseconds + 1), random: 0)
        #expect(later.description == "0193b5a0-7c40-7000-8000-000000000000")
    }

    @Test("The 4,097th id of a millisecond moves on to the next one, ahead of the clock")
    func overflow() {
        var generator = TaskIDGenerator()
        let ids = (0..<4097).map { _ in generator.next(at: noon, random: 0) }
        #expect(ids[4095].description == "0193b5a0-7c3f-7fff-8000-000000000000")
        #expect(ids[4096].description == "0193b5a0-7c40-7000-8000-000000000000")
    }

    @Test("Each id is above the last, whatever the clock does", arguments: 1...4 as ClosedRange<UInt64>)
    func order(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var generator = TaskIDGenerator()
        var former = TaskID(high: 0, low: 0)
        var clock: Int64 = 1_767_323_045_678
        for _ in 0..<50_000 {
            if random.once(in: 500) { clock += Int64.random(in: -100_000...100_000, using: &random) }
            let id = generator.next(at: Timestamp(milliseconds: clock), random: random.next())
            #expect(former < id, "seed \(seed)")
            former = id
        }
    }

    @Test("After a restart with the clock set back, ids go on above the last one known")
    func restart() {
        var before = TaskIDGenerator()
        _ = before.next(at: noon, random: .max)
        let last = before.next(at: noon, random: .max)
        var after = TaskIDGenerator(after: last)
        let next = after.next(at: Timestamp(milliseconds: noon.milliseconds - 3_600_000), random: 0)
        #expect(next > last)
        #expect(next.description == "0193b5a0-7c3f-7002-8000-000000000000")
    }

    @Test("Ids go on above one from elsewhere, whatever version it has", arguments: 0...15 as ClosedRange<UInt64>)
    func versions(version: UInt64) {
        for counter in [0, 5, 0xffe, 0xfff] as [UInt64] {
            let last = TaskID(high: 0x0193_b5a0_7c3f << 16 | version << 12 | counter, low: .max)
            var generator = TaskIDGenerator(after: last)
            let next = generator.next(at: Timestamp(milliseconds: 0), random: 0)
            #expect(next > last && next.high >> 12 & 0xf == 7)
        }
    }

    @Test("A clock before 1970 or past 48 bits still gives ids in order")
    func clockOutOfRange() {
        var generator = TaskIDGenerator()
        let early = generator.next(at: Timestamp(milliseconds: .min), random: 0)
        let late = generator.next(at: Timestamp(milliseconds: .max), random: 0)
        #expect(early.description == "00000000-0000-7001-8000-000000000000")
        #expect(late.description == "ffffffff-ffff-7000-8000-000000000000")
    }
}
