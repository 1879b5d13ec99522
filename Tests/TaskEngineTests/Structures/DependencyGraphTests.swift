import SeededRandom
import Testing

@testable import TaskEngine

@Suite("The dependency graph")
struct DependencyGraphTests {
    @Test("An edge is seen from both ends")
    func edges() {
        var graph = DependencyGraph<Int>()
        graph.setDependencies(of: 1, to: [3, 2])
        graph.setDependencies(of: 4, to: [2])
        #expect(graph.dependencies(of: 1) == [3, 2])
        #expect(graph.dependents(of: 2) == [1, 4])
        #expect(graph.dependents(of: 1).isEmpty)
        #expect(graph.dependencies(of: 9).isEmpty)
    }

    @Test("New dependencies replace the former ones, at both ends")
    func replacing() {
        var graph = DependencyGraph<Int>()
        graph.setDependencies(of: 1, to: [2, 3])
        graph.setDependencies(of: 1, to: [3, 4])
        #expect(graph.dependents(of: 2).isEmpty)
        #expect(graph.dependents(of: 3) == [1])
        #expect(graph.dependents(of: 4) == [1])
        graph.setDependencies(of: 1, to: [])
        #expect(graph == DependencyGraph())
    }

    @Test("Who goes leaves the dependencies of all others, and its own are forgotten")
    func removing() {
        var graph = DependencyGraph<Int>()
        graph.setDependencies(of: 1, to: [5, 2, 6])
        graph.setDependencies(of: 3, to: [2])
        graph.setDependencies(of: 2, to: [2, 6])
        #expect(Set(graph.remove(2)) == [1, 3])
        #expect(graph.dependencies(of: 1) == [5, 6])
        #expect(graph.dependencies(of: 3).isEmpty)
        #expect(graph.dependents(of: 6) == [1])
        #expect(graph.brokenInvariant == nil)
    }

    @Test("100,000 random changes keep both directions in step", arguments: [1, 20_260_102] as [UInt64])
    func invariants(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var graph = DependencyGraph<Int>()
        for step in 0..<100_000 {
            let id = Int.random(in: 0..<60, using: &random)
            if random.once(in: 4) {
                let dependents = graph.dependents(of: id)
                #expect(Set(graph.remove(id)) == dependents.subtracting([id]))
            } else {
                let needs = Set(
                    (0..<Int.random(in: 0...5, using: &random)).map { _ in Int.random(in: 0..<60, using: &random) })
                graph.setDependencies(of: id, to: needs.sorted())
                #expect(graph.dependencies(of: id) == needs.sorted())
            }
            guard step < 1000 || step % 250 == 0 else { continue }
            #expect(graph.brokenInvariant == nil, "seed \(seed), step \(step)")
        }
    }

    @Test("A removal looks at the edge that goes, however many others there are beside it", arguments: [0, 0.5, 1])
    func removalAmongManyEdges(place: Double) {
        #expect(removalWork(edges: 1_000, place) < 2 * removalWork(edges: 10, place))
    }

    /// Hashes and comparisons for the removal of an id that 50 need, at that place among `edges` others.
    private func removalWork(edges: Int, _ place: Double) -> Int {
        let meter = Meter()
        let ids = (0..<edges + 51).map { MeteredID(number: $0, meter: meter) }
        var graph = DependencyGraph<MeteredID>()
        for dependent in ids[(edges + 1)...] { graph.setDependencies(of: dependent, to: Array(ids[...edges])) }
        meter.count = 0
        #expect(graph.remove(ids[Int(Double(edges) * place)]).count == 50)
        return meter.count / 50
    }

    @Test("Of 1,000 edges that go one after the other each costs a few looks")
    func manyRemovals() {
        let meter = Meter()
        let ids = (0...1_000).map { MeteredID(number: $0, meter: meter) }
        var graph = DependencyGraph<MeteredID>()
        graph.setDependencies(of: ids[0], to: Array(ids[1...]))
        meter.count = 0
        for (number, id) in ids[1...].enumerated() {
            graph.remove(id)
            #expect(number % 100 != 0 || graph.dependencies(of: ids[0]).count == 999 - number)
        }
        #expect(meter.count < 60_000)
        #expect(graph == DependencyGraph())
    }

    @Test("A new edge among 1,000 costs that edge, and a comparison for each of the others")
    func oneMoreEdge() {
        let meter = Meter()
        let ids = (0..<1_002).map { MeteredID(number: $0, meter: meter) }
        var graph = DependencyGraph<MeteredID>()
        graph.setDependencies(of: ids[1_001], to: Array(ids[..<1_000]))
        meter.count = 0
        graph.setDependencies(of: ids[1_001], to: Array(ids[..<500]) + [ids[1_000]] + Array(ids[500..<1_000]))
        #expect(meter.count < 1_050)
        #expect(graph.brokenInvariant == nil && graph.dependents(of: ids[1_000]) == [ids[1_001]])
    }

    @Test("No new edge makes a table anew as a whole, be the edges to many or all to one", arguments: [false, true])
    func growth(isStar: Bool) {
        let (count, meter) = (20_000, Meter())
        let ids = (0..<count).map { MeteredID(number: $0, meter: meter) }
        var (graph, most) = (DependencyGraph<MeteredID>(), 0)
        for number in 1..<count {
            meter.count = 0
            graph.setDependencies(of: ids[number], to: [ids[isStar ? 0 : number - 1]])
            most = max(most, meter.count)
        }
        #expect(most < 2_000)
    }

    @Test("A removal costs the edges it touches: 100 times the tasks, the same work")
    func cost() {
        #expect(work(count: 100_000) < 2 * work(count: 1000))
    }

    /// Hashes and comparisons for 100 removals, each of an id with two dependencies and two dependents, among `count`.
    private func work(count: Int) -> Int {
        let meter = Meter()
        let ids = (0..<count).map { MeteredID(number: $0, meter: meter) }
        var graph = DependencyGraph<MeteredID>()
        for number in 0..<count {
            graph.setDependencies(of: ids[number], to: [ids[(number + 1) % count], ids[(number + 7) % count]])
        }
        meter.count = 0
        for step in 0..<100 { graph.remove(ids[step * 7919 % count]) }
        return meter.count
    }
}
