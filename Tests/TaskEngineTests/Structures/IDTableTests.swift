import SeededRandom
import Testing

@testable import TaskEngine

@Suite("The table by id")
struct IDTableTests {
    @Test("It says what a dictionary says, through 100,000 random changes", arguments: [1, 20_260_102] as [UInt64])
    func model(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var ids = (0..<2_000).map { _ in TaskID(high: random.next(), low: random.next()) }
        ids += (0..<500).map(TaskID.test)
        var table = IDTable<TaskID, Int>()
        var model: [TaskID: Int] = [:]
        for step in 0..<100_000 {
            // Few at first, many later, and few again.
            let id = ids[Int.random(in: 0..<(step / 20_000 % 2 == 0 ? 300 : ids.count), using: &random)]
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<4: #expect(table.updateValue(step, for: id) == model.updateValue(step, forKey: id))
            case 4..<7: #expect(table.removeValue(for: id) == model.removeValue(forKey: id))
            default:
                table.change(id) { $0 += 1 }
                model[id]? += 1
            }
            #expect(table[id] == model[id], "seed \(seed), step \(step)")
            guard step % 1_000 == 0 else { continue }
            #expect(table.brokenInvariant == nil, "seed \(seed), step \(step)")
            #expect(table.count == model.count && model.allSatisfy { table[$0] == $1 })
        }
    }

    @Test("However many ids there are, one more moves those of a segment at most")
    func growth() {
        let meter = Meter()
        var table = IDTable<MeteredID, Int>()
        var most = 0
        for number in 0..<200_000 {
            meter.count = 0
            table.updateValue(number, for: MeteredID(number: number, meter: meter))
            most = max(most, meter.count)
        }
        #expect(most < 1_000)
        #expect(table.segments.allSatisfy { $0.places.count <= 256 })
        #expect(table.directory.count * 16 < table.count, "this many numbers are copied when the directory doubles")
        #expect(table.brokenInvariant == nil)
    }

    @Test("The ids that the server makes are spread over the segments")
    func spread() {
        var random = SeededGenerator(seed: 3)
        var generator = TaskIDGenerator()
        var table = IDTable<TaskID, Int>()
        for number in 0..<100_000 {
            let time = Timestamp(milliseconds: 1_767_225_600_000 + Int64(number / 10))
            table.updateValue(number, for: generator.next(at: time, random: random.next()))
        }
        #expect((100_000 / 192...100_000 / 64).contains(table.segments.count))
    }

    @Test("Ids that come and go leave no marks: a look is as short as before")
    func noMarks() {
        let meter = Meter()
        var table = IDTable<MeteredID, Int>()
        func id(_ number: Int) -> MeteredID { MeteredID(number: number, meter: meter) }
        func work() -> Int {
            meter.count = 0
            for number in 0..<1_000 { #expect(table[id(-1 - number)] == nil) }
            return meter.count
        }
        for number in 0..<5_000 { table.updateValue(number, for: id(number)) }
        let before = work()
        for number in 5_000..<100_000 {
            table.updateValue(number, for: id(number))
            table.removeValue(for: id(number - 5_000))
        }
        #expect(table.count == 5_000)
        #expect(work() < 2 * before)
        #expect(table.segments.count < 200)
    }

    @Test("Keys of one hash are found all the same, and the directory stays small")
    func sameHash() {
        struct Key: IDTableKey {
            let number: Int
            var tableHash: UInt64 { 7 }
        }
        var table = IDTable<Key, Int>()
        for number in 0..<2_000 { table.updateValue(number, for: Key(number: number)) }
        for number in stride(from: 0, to: 2_000, by: 2) {
            #expect(table.removeValue(for: Key(number: number)) == number)
        }
        #expect((0..<2_000).allSatisfy { table[Key(number: $0)] == ($0 % 2 == 0 ? nil : $0) })
        #expect(table.directory.count < 4_096)
        #expect(table.brokenInvariant == nil)
    }

    @Test("A copy keeps what it had; equal contents are equal, whatever came and went before")
    func copies() {
        var table = IDTable<Int, Int>()
        for number in 0..<1_000 { table.updateValue(number, for: number) }
        let copy = table
        for number in 500..<1_000 { table.removeValue(for: number) }
        #expect(copy.count == 1_000 && copy[900] == 900 && table[900] == nil)
        #expect(table != copy)
        var other = IDTable<Int, Int>()
        for number in (0..<500).reversed() { other.updateValue(number, for: number) }
        #expect(table == other)
    }

    @Test(
        "A table that many ids come into at once is the one that they came into alone",
        arguments: [0, 1, 63, 64, 65, 160, 161, 5_000])
    func fill(count: Int) {
        var random = SeededGenerator(seed: 5)
        let ids = (0..<count).map { _ in TaskID(high: random.next(), low: random.next()) }
        var alone = IDTable<TaskID, Int>()
        for (number, id) in ids.enumerated() { alone.updateValue(number, for: id) }
        var rest = Array(zip(ids, 0...))
        var table = IDTable<TaskID, Int>()
        table.fill(count: count) { rest.popLast().map { (id: $0.0, value: $0.1) } }
        #expect(table == alone && table.brokenInvariant == nil)
        #expect(table.segments.allSatisfy { $0.places.count <= 256 })
        #expect(table.touch(ids) == count)
        #expect(IDTable<TaskID, Int>().touch(ids) == 0)
    }

    @Test("A value is changed where there is one, and put in where there is none")
    func changeOrPut() {
        var table = IDTable<Int, Int>()
        for number in 0..<2_000 { table.change(number % 1_000, orPut: number) { $0 += 1 } }
        #expect(table.count == 1_000 && (0..<1_000).allSatisfy { table[$0] == $0 + 1 })
        #expect(table.brokenInvariant == nil)
    }
}
