import SeededRandom
import Testing

@testable import TaskEngine

@Suite("What grows a piece at a time")
struct PieceArrayTests {
    @Test("It holds what an array holds", arguments: 1...3 as ClosedRange<UInt64>)
    func model(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (pieces, array) = (PieceArray<Int>(), [Int]())
        for step in 0..<60_000 {
            // Grows beyond two pieces, shrinks to nothing, and again.
            let grows = step / 15_000 % 2 == 0
            if Int.random(in: 0..<10, using: &random) < (grows ? 9 : 1) {
                pieces.append(step)
                array.append(step)
            } else {
                #expect(pieces.popLast() == array.popLast())
            }
            guard let place = array.indices.randomElement(using: &random) else { continue }
            pieces[place] += 1
            array[place] += 1
            #expect(pieces[place] == array[place] && pieces.count == array.count)
        }
        #expect(Array(pieces) == array)
    }

    @Test("A copy does not change with the other")
    func copies() {
        var pieces = PieceArray<Int>()
        for number in 0..<5_000 { pieces.append(number) }
        let copy = pieces
        pieces[4_500] = 0
        pieces.popLast()
        #expect(Array(copy) == Array(0..<5_000) && pieces[4_500] == 0 && pieces.count == 4_999)
    }

    @Test("A set of ids holds what a set holds, whether they are few or many", arguments: [3, 30, 3_000])
    func sets(bound: Int) {
        var random = SeededGenerator(seed: 7)
        var (ids, model) = (IDSet<Int>(), Set<Int>())
        for _ in 0..<10_000 {
            let id = Int.random(in: 0..<bound, using: &random)
            if random.once(in: 2) {
                ids.insert(id)
                model.insert(id)
            } else {
                ids.remove(id)
                model.remove(id)
            }
            #expect(ids.contains(id) == model.contains(id) && ids.count == model.count)
        }
        #expect(Set(ids) == model && ids.isEmpty == model.isEmpty)
    }
}
