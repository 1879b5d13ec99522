private struct ListedTask: Equatable {
    let id: String
}

private struct HashMap {
    private var count = 0
    private var chains: [[ListedTask]] = Array(repeating: [], count: 8)

    /// The hash (FNV-1a, 32 bits) says in which chain a task stands.
    private func place(_ id: String) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in id.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash) % chains.count
    }

    func chain(_ id: String) -> [ListedTask] { chains[place(id)] }

    mutating func insert(_ task: ListedTask) {
        if count == chains.count { grow() }
        chains[place(task.id)].append(task)
        count += 1
    }

    /// Twice as many chains, so that they stay short.
    private mutating func grow() {
        let tasks = chains.joined()
        chains = Array(repeating: [], count: 2 * chains.count)
        for task in tasks { chains[place(task.id)].append(task) }
    }

    mutating func remove(_ id: String) {
        chains[place(id)].removeAll { $0.id == id }
        count -= 1
    }
}

/// A step is one task looked at.
private func lookUp(_ id: String, in tasks: [ListedTask]) -> (task: ListedTask?, steps: Int) {
    var steps = 0
    for task in tasks {
        steps += 1
        if task.id == id { return (task, steps) }
    }
    return (nil, steps)
}

private func row(_ cells: Any...) {
    print(cells.map { "\($0)".leftPadded(to: 9) }.joined())
}

/// Of 100 lookups.
private func average(_ steps: [Int]) -> String {
    let sum = steps.reduce(0, +)
    return "\(sum / 100).\(sum / 10 % 10)\(sum % 10)"
}

private func makeTasks(_ count: Int) -> [ListedTask] {
    (1...count).map { ListedTask(id: "task-\($0)") }
}

private func makeMap(_ tasks: [ListedTask]) -> HashMap {
    var map = HashMap()
    for task in tasks { map.insert(task) }
    return map
}

func hashMap() -> Int32 {
    row("", "", "a list", "", "a map")
    row("tasks", "average", "worst", "average", "worst")
    for count in [1000, 10000, 100000] {
        let list = makeTasks(count)
        let map = makeMap(list)
        let wanted = stride(from: count / 100, through: count, by: count / 100).map { list[$0 - 1] }
        let inList = wanted.map { lookUp($0.id, in: list).steps }
        let inMap = wanted.map { lookUp($0.id, in: map.chain($0.id)).steps }
        row(count, average(inList), inList.max() ?? 0, average(inMap), inMap.max() ?? 0)
    }

    let tasks = makeTasks(1000)
    var map = makeMap(tasks)
    func countFound() -> Int { tasks.count { lookUp($0.id, in: map.chain($0.id)).task == $0 } }
    print("of 1000 tasks \(countFound()) are found")
    for task in tasks.prefix(500) { map.remove(task.id) }
    print("500 removed: \(countFound()) are found")
    for task in tasks.prefix(200) { map.insert(task) }
    print("200 put back: \(countFound()) are found")
    return 0
}
