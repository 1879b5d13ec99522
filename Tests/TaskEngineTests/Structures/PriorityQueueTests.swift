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
        let slots = (1...4).map { queue.insert($0, priority: 1) }
        queue.remove(slots[0])
        queue.update(slots[1], priority: 9)
        queue.update(slots[1], priority: 1)
        queue.insert(1, priority: 1)
        #expect(drained(queue) == [1, 2, 3, 4])
    }

    @Test("Looking at the first element leaves it; an empty queue has none")
    func first() {
        var queue = PriorityQueue<Int, Int>()
        #expect(queue.first == nil)
        #expect(queue.popFirst() == nil)
        let slot = queue.insert(3, priority: 1)
        #expect(queue.first == 3)
        #expect(queue.count == 1)
        #expect(queue.priority(at: slot) == 1)
    }

    @Test("The array is the heap as it lies")
    func array() {
        var queue = PriorityQueue<String, Int>()
        for (element, priority) in [("a", 1), ("b", 5), ("c", 3), ("d", 9)] {
            queue.insert(element, priority: priority)
        }
        #expect(queue.elements.elementsEqual(["d", "b", "c", "a"]))
    }

    @Test("An element keeps its slot, whatever becomes of the others")
    func keptSlots() {
        var queue = PriorityQueue<Int, Int>()
        let slots = (0..<100).map { queue.insert($0, priority: $0) }
        for number in stride(from: 0, to: 100, by: 2) { queue.remove(slots[number]) }
        for number in stride(from: 1, to: 100, by: 2) { #expect(queue.priority(at: slots[number]) == number) }
        #expect(queue.count == 50 && queue.brokenInvariant == nil)
    }

    @Test("Queues are equal that have the same elements at the same places, whatever their slots")
    func equality() {
        var (queue, other) = (PriorityQueue<Int, Int>(), PriorityQueue<Int, Int>())
        queue.insert(1, priority: 1)
        other.remove(other.insert(2, priority: 2))
        #expect(queue != other)
        other.insert(1, priority: 1)
        #expect(queue == other)
        other.insert(2, priority: 0)
        #expect(queue != other)
    }

    @Test("100,000 random operations leave it in order", arguments: [1, 20_260_102] as [UInt64])
    func invariants(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = PriorityQueue<Int, Int>()
        var model: [Int: Int] = [:]
        var slots: [Int: PriorityQueue<Int, Int>.Slot] = [:]
        for step in 0..<100_000 {
            let element = Int.random(in: 0..<150, using: &random)
            let priority = Int.random(in: -5...5, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<3 where slots[element] == nil:
                slots[element] = queue.insert(element, priority: priority)
                model[element] = priority
            case 0..<5:
                guard let slot = slots[element] else { continue }
                queue.update(slot, priority: priority)
                model[element] = priority
                #expect(queue.priority(at: slot) == priority)
            case 5..<7:
                if let slot = slots.removeValue(forKey: element) { queue.remove(slot) }
                model[element] = nil
            default:
                let first = queue.popFirst()
                if let first { (model[first], slots[first]) = (nil, nil) }
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
        var slots: [PriorityQueue<Int, Int>.Slot] = []
        for element in 0..<10_000 {
            slots.append(queue.insert(element, priority: element))
            if element >= 10 { queue.remove(slots[element - 10]) }
        }
        #expect(queue.positions.count == 11)
    }

    @Test("What a change costs grows with the logarithm: 100 times the elements, less than 3 times the work")
    func cost() {
        #expect(work(count: 100_000) < 3 * work(count: 1000))
    }

    /// Comparisons for 300 changes in a queue of `count`.
    private func work(count: Int) -> Int {
        let meter = Meter()
        let ids = (0..<count).map { MeteredID(number: $0, meter: meter) }
        var random = SeededGenerator(seed: 5)
        var queue = PriorityQueue<MeteredID, MeteredID>()
        var slots = ids.map { queue.insert($0, priority: MeteredID(number: Int(random.next() >> 44), meter: meter)) }
        meter.count = 0
        for step in 0..<100 {
            let slot = slots.remove(at: (step * 7919) % slots.count)
            queue.update(slot, priority: MeteredID(number: step * 10_000, meter: meter))
            queue.update(slot, priority: MeteredID(number: -step, meter: meter))
            queue.remove(slot)
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
