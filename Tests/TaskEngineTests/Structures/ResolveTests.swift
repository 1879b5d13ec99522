import SeededRandom
import Testing

@testable import TaskEngine

@Suite("An order to work in")
struct ResolveTests {
    @Test("Dependencies come first; among those that are ready higher priority, then the older")
    func order() {
        let graph = graph([1: [4], 2: [], 3: [], 4: [5], 5: [], 6: []])
        let priorities = [1: 9, 2: 1, 3: 5, 4: 0, 5: 5, 6: 1]
        #expect(graph.resolve(1...6) { priorities[$0] } == .order([3, 5, 2, 6, 4, 1]))
    }

    @Test("One task's order is that task and what it needs, directly or not")
    func scope() {
        let graph = graph([1: [2, 3], 2: [4], 3: [4], 4: [], 5: [1], 6: [7]])
        #expect(resolve(graph, [1]) == .order([4, 2, 3, 1]))
        #expect(resolve(graph, [4]) == .order([4]))
    }

    @Test("Nothing is in order")
    func empty() {
        #expect(resolve(DependencyGraph(), []) == .order([]))
    }

    @Test("A cycle begins and ends with the same id and follows who needs whom")
    func cycle() {
        let graph = graph([1: [2], 2: [5, 3], 3: [4], 4: [2], 5: []])
        #expect(resolve(graph, [1, 2, 3, 4, 5]) == .cycle([2, 3, 4, 2]))
        #expect(resolve(graph, [3]) == .cycle([3, 4, 2, 3]))
        #expect(resolve(graph, [5]) == .order([5]))
    }

    @Test("A task that needs itself is a cycle of one")
    func selfCycle() {
        #expect(resolve(graph([1: [1]]), [1]) == .cycle([1, 1]))
    }

    @Test("A dependency that names no task is missing, and who needs it is named")
    func missing() {
        let graph = graph([1: [2], 2: [1, 77], 3: [99]])
        let exists: (Int) -> Int? = { $0 < 10 ? 0 : nil }
        #expect(graph.resolve([3], priority: exists) == .missing(99, requiredBy: 3))
        #expect(graph.resolve([1, 2, 3], priority: exists) == .missing(77, requiredBy: 2), "before the cycle")
    }

    @Test("Of several missing ones, the nearest is reported")
    func nearestMissing() {
        let graph = graph([1: [2, 3], 2: [4], 3: [98], 4: [99]])
        #expect(graph.resolve([1]) { $0 < 10 ? 0 : nil } == .missing(98, requiredBy: 3))
    }

    @Test("A chain of 100,000 resolves, from either end", arguments: [false, true])
    func chain(isReversed: Bool) {
        let ids = isReversed ? Array((0..<100_000).reversed()) : Array(0..<100_000)
        var graph = DependencyGraph<Int>()
        for (id, needed) in zip(ids, ids.dropFirst()) { graph.setDependencies(of: id, to: [needed]) }
        #expect(resolve(graph, 0..<100_000) == .order(ids.reversed()))
        #expect(resolve(graph, [ids[0]]) == .order(ids.reversed()))
    }

    @Test("A cycle of 100,000 is found")
    func longCycle() {
        var graph = DependencyGraph<Int>()
        for id in 0..<100_000 { graph.setDependencies(of: id, to: [(id + 1) % 100_000]) }
        #expect(resolve(graph, 0..<100_000) == .cycle(Array(0..<100_000) + [0]))
        #expect(resolve(graph, [5]) == .cycle(Array(5..<100_000) + Array(0...5)))
    }

    @Test("A task that 100,000 need, and one that needs 100,000, resolve")
    func star() {
        var graph = DependencyGraph<Int>()
        for id in 1...100_000 { graph.setDependencies(of: id, to: [0]) }
        #expect(resolve(graph, 0...100_000) == .order(Array(0...100_000)))
        var reverse = DependencyGraph<Int>()
        reverse.setDependencies(of: 0, to: Array((1...100_000).reversed()))
        #expect(resolve(reverse, [0]) == .order(Array(1...100_000) + [0]))
    }

    @Test("Random graphs: an order is complete and right, a cycle is one", arguments: 1...200 as ClosedRange<UInt64>)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...30, using: &random)
        let priorities = (0..<count).map { _ in Int.random(in: 0...3, using: &random) }
        var graph = DependencyGraph<Int>()
        for id in 0..<count {
            let needs = Set(
                (0..<Int.random(in: 0...2, using: &random)).map { _ in Int.random(in: 0..<count, using: &random) })
            // Every second graph has edges down alone, and so no cycle.
            graph.setDependencies(of: id, to: needs.filter { seed % 2 == 1 || $0 < id }.shuffled(using: &random))
        }
        switch graph.resolve(0..<count, priority: { priorities[$0] }) {
        case .order(let order): #expect(order == plainOrder(graph, priorities: priorities), "seed \(seed)")
        case .cycle(let path):
            #expect(seed % 2 == 1, "seed \(seed)")
            #expect(plainOrder(graph, priorities: priorities) == nil, "seed \(seed)")
            #expect(path.first == path.last && Set(path).count == path.count - 1, "seed \(seed)")
            #expect(zip(path, path.dropFirst()).allSatisfy { graph.dependencies(of: $0).contains($1) }, "seed \(seed)")
        case .missing: Issue.record("nothing is missing, seed \(seed)")
        }
    }

    /// The rule word for word, in quadratic time: again and again the best of those that are ready.
    private func plainOrder(_ graph: DependencyGraph<Int>, priorities: [Int]) -> [Int]? {
        var order: [Int] = []
        while order.count < priorities.count {
            let ready = priorities.indices.filter { id in
                !order.contains(id) && graph.dependencies(of: id).allSatisfy(order.contains)
            }
            guard let best = ready.min(by: { (priorities[$1], $0) < (priorities[$0], $1) }) else { return nil }
            order.append(best)
        }
        return order
    }

    private func graph(_ dependencies: [Int: [Int]]) -> DependencyGraph<Int> {
        var graph = DependencyGraph<Int>()
        for (id, needed) in dependencies { graph.setDependencies(of: id, to: needed) }
        return graph
    }

    private func resolve(_ graph: DependencyGraph<Int>, _ roots: some Sequence<Int>) -> Resolution<Int> {
        graph.resolve(roots) { _ in 0 }
    }
}
