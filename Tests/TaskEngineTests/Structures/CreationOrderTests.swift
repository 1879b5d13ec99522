import SeededRandom
import Testing

@testable import TaskEngine

@Suite("The order of creation")
struct CreationOrderTests {
    @Test("Ids come back ascending, however they went in")
    func ascending() {
        var random = SeededGenerator(seed: 3)
        for ids in [Array(0..<2000), Array((0..<2000).reversed()), (0..<2000).shuffled(using: &random)] {
            var order = CreationOrder<Int>()
            for id in ids { #expect(order.insert(id) == true) }
            #expect(Array(order) == Array(0..<2000))
            #expect(order.last == 1999)
            #expect(order.brokenInvariant == nil)
        }
    }

    @Test("An id is in it once")
    func once() {
        var order = CreationOrder<Int>()
        #expect(order.insert(1) == true)
        #expect(order.insert(1) == false)
        #expect(order.insert(0) == true)
        #expect(order.insert(0) == false)
        #expect(order.remove(1) == true)
        #expect(order.remove(1) == false)
        #expect(order.count == 1)
    }

    @Test("A chunk holds 64 ids, one more begins another", arguments: [(64, 1), (65, 2)])
    func chunks(count: Int, chunks: Int) {
        var order = CreationOrder<Int>()
        for id in 0..<count { order.insert(id) }
        #expect(order.chunks.count == chunks)
    }

    @Test("A walk begins above an id that is there, was there, or never was")
    func cursor() {
        var order = CreationOrder<Int>()
        #expect(ids(of: order, after: 5) == [])
        for id in stride(from: 0, to: 4000, by: 4) { order.insert(id) }
        for id in stride(from: 0, to: 4000, by: 8) { order.remove(id) }
        for cursor in [-1, 0, 3, 4, 5, 1023, 1024, 1028, 3995, 3996, 5000] {
            #expect(ids(of: order, after: cursor) == stride(from: 4, to: 4000, by: 8).filter { $0 > cursor })
        }
    }

    @Test("100,000 random changes leave it in order", arguments: [1, 20_260_102] as [UInt64])
    func invariants(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var order = CreationOrder<Int>()
        var model: Set<Int> = []
        for step in 0..<100_000 {
            // Grows to some thousand ids, shrinks to a few, and again.
            let grows = step / 10_000 % 2 == 0
            let id = Int.random(in: 0..<8000, using: &random)
            if Int.random(in: 0..<10, using: &random) < (grows ? 8 : 1) {
                #expect(order.insert(id) == model.insert(id).inserted)
            } else {
                let id = random.once(in: 2) ? id : model.first ?? id
                #expect(order.remove(id) == (model.remove(id) != nil))
            }
            #expect(order.count == model.count)
            guard step % 500 == 0 else { continue }
            #expect(order.brokenInvariant == nil, "seed \(seed), step \(step)")
            #expect(Array(order) == model.sorted(), "seed \(seed), step \(step)")
        }
    }

    @Test("Few ids lie in few chunks, also when many were deleted")
    func compaction() {
        var order = CreationOrder<Int>()
        for id in 0..<100_000 { order.insert(id) }
        #expect(order.chunks.count == 1563)
        for id in 0..<100_000 where id % 100 != 0 { order.remove(id) }
        #expect(order.chunks.count <= 1000 / 16 + 1)
        #expect(order.brokenInvariant == nil)
        for id in 0..<100_000 { order.remove(id) }
        #expect(order.chunks.isEmpty)
    }

    @Test("What finding costs grows with the logarithm: 100 times the ids, less than 3 times the work")
    func cost() {
        #expect(work(count: 100_000) < 3 * work(count: 1000))
    }

    /// Comparisons for 100 deletions and 100 walks of one step among `count` ids.
    private func work(count: Int) -> Int {
        let meter = Meter()
        var order = CreationOrder<MeteredID>()
        for number in 0..<count { order.insert(MeteredID(number: number, meter: meter)) }
        meter.count = 0
        for step in 0..<100 {
            let id = MeteredID(number: step * 7919 % count, meter: meter)
            order.remove(id)
            var walk = order.makeIterator(after: id)
            _ = walk.next()
        }
        return meter.count
    }

    private func ids(of order: CreationOrder<Int>, after cursor: Int) -> [Int] {
        Array(IteratorSequence(order.makeIterator(after: cursor)))
    }
}
