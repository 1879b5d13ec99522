private struct QueuedTask {
    let priority: UInt32
    let number: Int
}

/// Tasks in an array: push and pop keep it a heap, insert keeps it sorted.
private struct TaskArray {
    var tasks: [QueuedTask] = []
    private(set) var comparisons = 0

    private mutating func goesBefore(_ a: QueuedTask, _ b: QueuedTask) -> Bool {
        comparisons += 1
        return a.priority == b.priority ? a.number < b.number : a.priority > b.priority
    }

    /// The children of the task at i stand at 2i + 1 and 2i + 2; a new task climbs while it goes before its parent.
    mutating func push(_ task: QueuedTask) {
        var child = tasks.count
        tasks.append(task)
        while child > 0 {
            let parent = (child - 1) / 2
            guard goesBefore(tasks[child], tasks[parent]) else { break }
            tasks.swapAt(child, parent)
            child = parent
        }
    }

    /// The last one takes the place of the first, and sinks while a child goes before it.
    mutating func pop() -> QueuedTask {
        tasks.swapAt(0, tasks.count - 1)
        let first = tasks.removeLast()
        var parent = 0
        while 2 * parent + 1 < tasks.count {
            var child = 2 * parent + 1
            if child + 1 < tasks.count, goesBefore(tasks[child + 1], tasks[child]) { child += 1 }
            guard goesBefore(tasks[child], tasks[parent]) else { break }
            tasks.swapAt(child, parent)
            parent = child
        }
        return first
    }

    /// The most urgent task is the last one. Returns how many had to move.
    mutating func insert(_ task: QueuedTask) -> Int {
        var low = 0
        var high = tasks.count
        while low < high {
            let middle = (low + high) / 2
            if goesBefore(tasks[middle], task) { high = middle } else { low = middle + 1 }
        }
        tasks.insert(task, at: low)
        return tasks.count - 1 - low
    }
}

private struct TaskMaker {
    private var seed: UInt32 = 1

    mutating func make(_ number: Int) -> QueuedTask {
        seed = seed &* 1_664_525 &+ 1_013_904_223
        return QueuedTask(priority: seed >> 16, number: number)
    }
}

private func show(_ task: QueuedTask) -> String {
    "\(task.priority)\(["a", "b", "c", "d", "e", "f"][task.number])"
}

private func row(_ cells: Any...) {
    print(cells.map { "\($0)".leftPadded(to: 13) }.joined())
}

private func average(_ total: Int, _ count: Int) -> String {
    let tenths = total * 10 / count
    return "\(tenths / 10).\(tenths % 10)"
}

func priorityQueue() -> Int32 {
    var small = TaskArray()
    for (number, priority) in [5, 1, 9, 5, 9, 5].enumerated() {
        let task = QueuedTask(priority: UInt32(priority), number: number)
        small.push(task)
        print("push \(show(task)): \(small.tasks.map(show).joined(separator: " "))")
    }
    while !small.tasks.isEmpty { print("pop \(show(small.pop()))") }

    var maker = TaskMaker()
    row("", "heap", "", "sorted array")
    row("", "a push", "a pop", "an insertion")
    row("tasks", "comparisons", "comparisons", "comparisons", "moves")
    for count in [1000, 10000, 100000] {
        var heap = TaskArray()
        for number in 0..<count { heap.push(maker.make(number)) }
        let pushed = heap.comparisons

        var sorted = TaskArray()
        while !heap.tasks.isEmpty { sorted.tasks.append(heap.pop()) }
        let popped = heap.comparisons - pushed

        sorted.tasks.reverse()
        var moves = 0
        for number in 0..<100 { moves += sorted.insert(maker.make(count + number)) }
        let inserted = sorted.comparisons
        row(count, average(pushed, count), average(popped, count), average(inserted, 100), average(moves, 100))
    }
    return 0
}
