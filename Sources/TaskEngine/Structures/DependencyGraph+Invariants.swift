extension DependencyGraph {
    /// What is wrong with the graph, `nil` if nothing is. For tests: O(edges).
    var brokenInvariant: String? {
        if let broken = forward.brokenInvariant ?? backward.brokenInvariant { return broken }
        guard forward.entries.allSatisfy({ !$0.value.isEmpty }), backward.entries.allSatisfy({ !$0.value.isEmpty })
        else { return "an id without edges is remembered" }
        var reversed: [ID: Set<ID>] = [:]
        for (key, needs) in forward.entries {
            let id = key.id
            let dependencies = needs.rest
            guard Set(dependencies).count == dependencies.count else { return "\(id) needs something twice" }
            for dependency in dependencies { reversed[dependency, default: []].insert(id) }
        }
        guard reversed.count == backward.count, reversed.allSatisfy({ dependents(of: $0) == $1 }) else {
            return "the backward edges are not the forward ones reversed"
        }
        return nil
    }
}
