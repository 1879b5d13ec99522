import TaskEngine

private struct Tasks<ID: Hashable & Comparable> {
    private var ids: [ID] = []
    private var priorities: [ID: Int] = [:]
    private var graph = DependencyGraph<ID>()

    mutating func add(_ id: ID, _ priority: Int, needs dependencies: [ID]) {
        if priorities.updateValue(priority, forKey: id) == nil { ids.append(id) }
        graph.setDependencies(of: id, to: dependencies)
    }

    func resolve() -> Resolution<ID> { graph.resolve(ids) { priorities[$0] } }
}

private func show(_ resolution: Resolution<String>) {
    switch resolution {
    case .order(let ids): print("order: \(ids.joined(separator: ", "))")
    case .cycle(let path): print("cycle: \(path.joined(separator: " -> "))")
    case .missing(let id, let requiredBy): print("missing: \(requiredBy) needs \(id), which does not exist")
    }
}

func dependencyChain() -> Int32 {
    var tasks = Tasks<String>()
    tasks.add("release", 9, needs: ["test", "document"])
    tasks.add("test", 5, needs: ["build"])
    tasks.add("document", 7, needs: ["design"])
    tasks.add("build", 5, needs: ["design"])
    tasks.add("design", 1, needs: [])
    tasks.add("celebrate", 8, needs: [])
    show(tasks.resolve())

    tasks.add("design", 1, needs: ["celebrate", "test"])
    show(tasks.resolve())

    tasks.add("design", 1, needs: ["paper"])
    show(tasks.resolve())

    var chain = Tasks<Int>()
    for id in 1...100_000 { chain.add(id, 1, needs: id < 100_000 ? [id + 1] : []) }
    if case .order(let order) = chain.resolve() {
        let isRight = order.enumerated().allSatisfy { index, id in id == 100_000 - index }
        let ends = "from \(order[0]) to \(order[order.count - 1])"
        print("chain of \(order.count): \(ends), each after what it needs: \(isRight)")
    }
    return 0
}
