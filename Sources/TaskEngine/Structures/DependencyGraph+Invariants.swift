extension DependencyGraph {
    /// What is wrong with the graph, `nil` if nothing is. For tests: O(edges).
    var brokenInvariant: String? {
        guard forward.values.allSatisfy({ !$0.isEmpty }), backward.values.allSatisfy({ !$0.isEmpty }) else {
            return "an id without edges is remembered"
        }
        var reversed: [ID: Set<ID>] = [:]
        for (id, needs) in forward {
            let dependencies = needs.rest
            guard Set(dependencies).count == dependencies.count else { return "\(id) needs something twice" }
            for dependency in dependencies { reversed[dependency, default: []].insert(id) }
        }
        return reversed == backward ? nil : "the backward edges are not the forward ones reversed"
    }
}
