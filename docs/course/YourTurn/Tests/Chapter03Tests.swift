import Testing
import YourTurn

/// Counts how often two priorities are compared, or two ids.
private final class Looks {
    var count = 0
}

private struct Priority: Comparable {
    let value: Int
    let looks: Looks

    static func == (one: Priority, other: Priority) -> Bool {
        one.looks.count += 1
        return one.value == other.value
    }

    static func < (one: Priority, other: Priority) -> Bool {
        one.looks.count += 1
        return one.value < other.value
    }
}

private struct TaskID: Hashable {
    let number: Int
    let looks: Looks

    static func == (one: TaskID, other: TaskID) -> Bool {
        one.looks.count += 1
        return one.number == other.number
    }

    func hash(into hasher: inout Hasher) { hasher.combine(number) }
}

@Suite("Chapter 3") struct Chapter03Tests {
    private func drained(_ queue: TaskQueue<String, Int>) -> String {
        var queue = queue
        var order: [String] = []
        while let id = queue.pop() { order.append(id) }
        return order.joined(separator: " ")
    }

    private func queue(_ tasks: (String, Int)...) -> TaskQueue<String, Int> {
        var queue = TaskQueue<String, Int>()
        for (id, priority) in tasks { queue.push(id, priority) }
        return queue
    }

    @Test("The most urgent task comes out first, and of an empty queue nothing")
    func order() {
        let queue = queue(("a", 5), ("b", 1), ("c", 9), ("d", 7), ("e", -3), ("f", 8), ("g", 2))
        #expect(queue.count == 7)
        #expect(drained(queue) == "c f d a g b e")
        #expect(drained(TaskQueue()).isEmpty)
    }

    @Test("Of equals the one that came first, also of many")
    func equals() {
        #expect(drained(queue(("a", 5), ("b", 9), ("c", 5), ("d", 9), ("e", 5), ("f", 5))) == "b d a c e f")
        var many = TaskQueue<Int, Int>()
        for id in 0..<500 { many.push(id, 1) }
        #expect((0..<500).allSatisfy { many.pop() == $0 })
    }

    @Test("A changed priority moves a task, up and down, and it keeps the place of its coming")
    func change() {
        var queue = queue(("a", 1), ("b", 5), ("c", 9), ("d", 5), ("e", 3))
        queue.change("a", to: 5)
        #expect(drained(queue) == "c a b d e")
        queue.change("c", to: 0)
        queue.change("nothing", to: 100)
        #expect(drained(queue) == "a b d e c")
    }

    @Test("Among 10,000 each of the three compares 500 times on average at most")
    func comparisons() {
        let looks = Looks()
        var random: UInt32 = 1
        func priority() -> Priority {
            random = random &* 1_664_525 &+ 1_013_904_223
            return Priority(value: Int(random >> 16), looks: looks)
        }
        func id(_ number: Int) -> TaskID { TaskID(number: number, looks: looks) }
        func average(of count: Int, _ work: (Int) -> Void) -> Int {
            looks.count = 0
            for number in 0..<count { work(number) }
            return looks.count / count
        }
        var queue = TaskQueue<TaskID, Priority>()
        let push = average(of: 10_000) { queue.push(id($0), priority()) }
        let change = average(of: 100) { queue.change(id($0 * 100), to: priority()) }
        let pop = average(of: 100) { _ in _ = queue.pop() }
        #expect(max(push, change, pop) <= 500, "comparisons: push \(push), change \(change), pop \(pop)")
    }

    @Test("Random pushes, changes and pops give what sorting gives")
    func random() {
        var queue = TaskQueue<Int, Int>()
        var model: [(id: Int, priority: Int)] = []
        var random: UInt32 = 7
        func next(_ limit: Int) -> Int {
            random = random &* 1_664_525 &+ 1_013_904_223
            return Int(random >> 8) % limit
        }
        for id in 0..<2_000 {
            if model.isEmpty || next(3) > 0 {
                let priority = next(10)
                queue.push(id, priority)
                model.append((id, priority))
            } else if next(2) == 0 {
                let place = next(model.count)
                model[place].priority = next(10)
                queue.change(model[place].id, to: model[place].priority)
            } else {
                let first = model.indices.max { (model[$0].priority, $1) < (model[$1].priority, $0) }
                #expect(queue.pop() == first.map { model.remove(at: $0).id })
            }
            #expect(queue.count == model.count)
        }
    }
}
