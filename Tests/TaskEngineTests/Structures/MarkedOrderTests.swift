import SeededRandom
import Testing

@testable import TaskEngine

@Suite("An order whose ids are marked")
struct MarkedOrderTests {
    @Test("100,000 random changes leave each id its mark, and walks find those that they are over", arguments: [1, 7])
    func marks(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var order = CreationOrder<Int>(isMarked: true)
        var model: [Int: UInt8] = [:]
        for step in 0..<100_000 {
            let grows = step / 10_000 % 2 == 0
            let id = Int.random(in: 0..<4000, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<(grows ? 5 : 1):
                if order.insert(id) { model[id] = 0 }
            case 5, 6:
                let mark = UInt8.random(in: 0..<8, using: &random)
                order.mark(id, as: mark)
                if model[id] != nil { model[id] = mark }
            default:
                let id = random.once(in: 2) ? id : model.first?.key ?? id
                #expect(order.remove(id) == (model.removeValue(forKey: id) != nil))
            }
            guard step % 1000 == 0 else { continue }
            #expect(order.brokenInvariant == nil, "seed \(seed), step \(step)")
            let cursor = Int.random(in: -1...4000, using: &random)
            let marks = UInt8.random(in: 0...255, using: &random)
            let ids = model.filter { marks & 1 << $0.value != 0 }.map(\.key).sorted()
            let up = IteratorSequence(order.makeIterator(after: cursor).over(marks))
            #expect(Array(up) == ids.filter { $0 > cursor }, "seed \(seed), step \(step)")
            let down = IteratorSequence(order.makeDescendingIterator(before: cursor).over(marks))
            #expect(Array(down) == ids.filter { $0 < cursor }.reversed(), "seed \(seed), step \(step)")
            #expect(Array(IteratorSequence(order.makeDescendingIterator().over(marks))) == ids.reversed())
        }
    }

    @Test("Two orders of the same ids are equal if their marks are, too")
    func equality() {
        var one = CreationOrder<Int>(isMarked: true)
        for id in 0..<100 { one.insert(id) }
        var other = one
        #expect(one == other)
        other.mark(50, as: 7)
        #expect(one != other)
        other.mark(50, as: 0)
        #expect(one == other)
    }

    @Test("An id that is not there is not marked")
    func absent() {
        var order = CreationOrder<Int>(isMarked: true)
        order.mark(1, as: 3)
        for id in [2, 4, 6] { order.insert(id) }
        for id in [1, 3, 5, 7] { order.mark(id, as: 3) }
        #expect(Array(IteratorSequence(order.makeIterator().over(1 << 3))) == [])
        order.mark(6, as: 3)
        #expect(Array(IteratorSequence(order.makeIterator().over(1 << 3))) == [6])
    }

    @Test("Ids that ascend between others fill their chunks")
    func filling() {
        var order = CreationOrder<Int>(isMarked: true)
        for row in 0..<1000 { for part in 0..<4 { order.insert(part * 1_000_000 + row) } }
        #expect(order.count == 4000)
        #expect(order.chunks.count < 4000 / 64 * 5 / 4)
        #expect(order.brokenInvariant == nil)
    }
}
