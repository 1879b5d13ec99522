import Testing

@testable import TaskEngine

@Suite("The steps of a resolution")
struct ResolutionStepsTests {
    enum Shape: CaseIterable {
        case free, chain, star, circle, tail

        /// What the id of that number needs.
        func needs(of number: Int, among count: Int) -> [Int] {
            switch self {
            case .free: []
            case .chain: number == 0 ? [] : [number - 1]
            case .star: number == 0 ? [] : [0]
            case .circle: [(number + 1) % count]
            case .tail: [min(number + 1, count - 1)]
            }
        }

        var hasOrder: Bool { self == .free || self == .chain || self == .star }
    }

    @Test("No step does more than its looks allow, whatever needs what", arguments: Shape.allCases, [false, true])
    func bound(shape: Shape, hasOneRoot: Bool) {
        let (count, looks) = (5_000, 50)
        let meter = Meter()
        let ids = (0..<count).map { MeteredID(number: $0, meter: meter) }
        var graph = DependencyGraph<MeteredID>()
        for id in ids { graph.setDependencies(of: id, to: shape.needs(of: id.number, among: count).map { ids[$0] }) }
        let roots = hasOneRoot ? Array(ids.suffix(1)) : ids
        // One look a step: of several, how many make a part of the table anew would be a matter of chance.
        let most = Self.steps(of: roots, in: graph, looks: 1, meter).most
        // A look finds an id in a table, takes one through a heap, or makes a part of the table anew.
        #expect(most <= 30 + 600)
        guard !hasOneRoot else { return }
        // Each is collected, with its edge, and counted; then ordered, and what needs it is told, or met on a way.
        let edges = graph.forward.entries.reduce(0) { $0 + $1.value.given.count }
        let steps = Self.steps(of: roots, in: graph, looks: looks, meter).count
        #expect(steps >= (3 * count + (shape.hasOrder ? 2 : 1) * edges) / looks)
    }

    /// How many steps it takes to resolve `roots`, and the most that the meter has counted in one of them.
    private static func steps(
        of roots: [MeteredID], in graph: DependencyGraph<MeteredID>, looks: Int, _ meter: Meter
    ) -> (count: Int, most: Int) {
        var scope = ResolutionScope<MeteredID, Int>()
        for id in roots { scope.add(id, priority: 0) }
        var (count, most, resolution) = (0, 0, Resolution<MeteredID>?.none)
        while resolution == nil {
            meter.count = 0
            var left = looks
            resolution = scope.step(in: graph, looks: &left) { _ in 0 }
            most = max(most, meter.count)
            count += 1
        }
        return (count, most)
    }
}
