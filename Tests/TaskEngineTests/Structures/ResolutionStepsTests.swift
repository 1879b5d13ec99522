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
        var scope = ResolutionScope<MeteredID, Int>()
        for id in hasOneRoot ? ids.suffix(1) : ids { scope.add(id, priority: 0) }
        var (most, steps, resolution) = (0, 0, Resolution<MeteredID>?.none)
        while resolution == nil {
            meter.count = 0
            var left = looks
            resolution = scope.step(in: graph, looks: &left) { _ in 0 }
            most = max(most, meter.count)
            steps += 1
        }
        // A look finds an id in a table or takes one through a heap; once in many a part of the table is made anew.
        #expect(most <= 30 * looks + 600)
        guard !hasOneRoot else { return }
        // Each is collected, with its edge, and counted; then ordered, and what needs it is told, or met on a way.
        let edges = graph.forward.entries.reduce(0) { $0 + $1.value.given.count }
        #expect(steps >= (3 * count + (shape.hasOrder ? 2 : 1) * edges) / looks)
    }
}
