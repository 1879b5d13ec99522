import SeededRandom
import Testing

@testable import TaskEngine

@Suite("The priority queue")
struct PriorityQueueTests {
    @Test("The highest priority goes first, among equals the least element, in whatever order they came")
    func order() {
        for seed in UInt64(1)...20 {
            var random = SeededGenerator(seed: seed)
            var queue = PriorityQueue<Int, Int>()
            for element in (0..<60).shuffled(using: &random) { queue.insert(element, priority: element % 4) }
            let expected = (0..<60).sorted { ($1 % 4, $0) < ($0 % 4, $1) }
            #expect(drained(queue) == expected, "seed \(seed)")
        }
    }

    @Test("Equal priorities are first in, first out")
    func firstInFirstOut() {
        var queue = PriorityQueue<Int, Int>()
        for element in 1...1000 { queue.insert(element, priority: 7) }
        #expect(drained(queue) == Array(1...1000))
    }

    @Test("An element that comes back, or gets another priority, stands where its age puts it")
    func age() {
        var queue = PriorityQueue<Int, Int>()
        for element in 1...4 { queue.insert(element, priority: 1) }
        queue.remove(1)
        queue.update(2, priority: 9)
        queue.update(2, priority: 1)
        queue.insert(1, priority: 1)
        #expect(drained(queue) == [1, 2, 3, 4])
    }

    @Test("Looking at the first element leaves it; an empty queue has none")
    func first() {
        var queue = PriorityQueue<Int, Int>()
        #expect(queue.first == nil)
        #expect(queue.popFirst() == nil)
        queue.insert(3, priority: 1)
        #expect(queue.first == 3)
        #expect(queue.count == 1)
        #expect(queue.contains(3))
        #expect(queue.priority(of: 3) == 1)
        #expect(queue.priority(of: 4) == nil)
    }

    @Test("The array is the heap as it lies")
    func array() {
        var queue = PriorityQueue<String, Int>()
        for (element, priority) in [("a", 1), ("b", 5), ("c", 3), ("d", 9)] {
            queue.insert(element, priority: priority)
        }
        #expect(queue.array == ["d", "b", "c", "a"])
    }

    @Test("An unknown element is neither moved nor removed; a known one inserted again is moved")
    func unknown() {
        var queue = PriorityQueue<Int, Int>()
        queue.update(1, priority: 5)
        #expect(queue.remove(1) == false)
        #expect(queue.isEmpty)
        queue.insert(1, priority: 1)
        queue.insert(1, priority: 2)
        #expect(queue.count == 1)
        #expect(queue.priority(of: 1) == 2)
        #expect(queue.remove(1) == true)
        #expect(queue.brokenInvariant == nil)
    }

    @Test("100,000 random operations leave it in order", arguments: [1, 20_260_102] as [UInt64])
    func invariants(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = PriorityQueue<Int, Int>()
        var model: [Int: Int] = [:]
        for step in 0..<100_000 {
            let element = Int.random(in: 0..<150, using: &random)
            let priority = Int.random(in: -5...5, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<3:
                queue.insert(element, priority: priority)
                model[element] = priority
            case 3..<5:
                queue.update(element, priority: priority)
                if model[element] != nil { model[element] = priority }
            case 5..<7:
                #expect(queue.remove(element) == (model.removeValue(forKey: element) != nil))
            default:
                let first = queue.popFirst()
                if let first { model[first] = nil }
                #expect((first == nil) == (model.isEmpty && queue.isEmpty) || first != nil)
            }
            #expect(queue.count == model.count)
            guard step < 2000 || step % 100 == 0 else { continue }
            let expected = model.min { ($1.value, $0.key) < ($0.value, $1.key) }
            #expect(queue.first == expected?.key, "seed \(seed), step \(step)")
            #expect(queue.brokenInvariant == nil, "seed \(seed), step \(step)")
        }
    }

    @Test("Slots are used again: a queue that is never long needs few")
    func slots() {
        var queue = PriorityQueue<Int, Int>()
        for element in 0..<10_000 {
            queue.insert(element, priority: element)
            if element >= 10 { queue.remove(element - 10) }
        }
        #expect(queue.positions.count == 11)
    }

    @Test("What a change costs grows with the logarithm: 100 times the elements, less than 3 times the work")
    func cost() {
        #expect(work(count: 100_000) < 3 * work(count: 1000))
    }

    /// Hashes and comparisons for 300 changes in a queue of `count`.
    private func work(count: Int) -> Int {
        let meter = Meter()
        let ids = (0..<count).map { MeteredID(number: $0, meter: meter) }
        var random = SeededGenerator(seed: 5)
        var queue = PriorityQueue<MeteredID, MeteredID>()
        for id in ids { queue.insert(id, priority: MeteredID(number: Int(random.next() >> 44), meter: meter)) }
        meter.count = 0
        for step in 0..<100 {
            let id = ids[(step * 7919) % count]
            queue.update(id, priority: MeteredID(number: step * 10_000, meter: meter))
            queue.remove(id)
            _ = queue.popFirst()
        }
        return meter.count
    }

    private func drained<Element>(_ queue: PriorityQueue<Element, Int>) -> [Element] {
        var queue = queue
        var elements: [Element] = []
        while let element = queue.popFirst() {
            elements.append(element)
        }
        return elements
    }
}
