/// In which order tasks can be done, or why in none.
public enum Plan: Equatable {
    /// Each task behind all that it needs.
    case order([String])
    /// Tasks of which each needs the next one; the last one is the first again.
    case circle([String])
    /// A task that is not there, and one that needs it.
    case missing(String, neededBy: String)
}

/// Puts tasks into an order: Kahn's algorithm, which counts for each task what it still waits for.
///
/// - Parameter needs: For each task those that it needs.
public func plan(_ needs: [String: [String]]) -> Plan {
    var unmet: [String: Int] = [:]
    var waiting: [String: [String]] = [:]
    for (task, needed) in needs {
        unmet[task] = needed.count
        for other in needed {
            if needs[other] == nil { return .missing(other, neededBy: task) }
            waiting[other, default: []].append(task)
        }
    }
    var ready = needs.keys.filter { unmet[$0] == 0 }
    var order: [String] = []
    while let task = ready.popLast() {
        order.append(task)
        for other in waiting[task] ?? [] {
            unmet[other, default: 0] -= 1
            if unmet[other] == 0 { ready.append(other) }
        }
    }
    return order.count == needs.count ? .order(order) : .circle(circle(needs, unmet))
}

/// From a task that was never ready to one that it needs and that was not either, until one is met again.
private func circle(_ needs: [String: [String]], _ unmet: [String: Int]) -> [String] {
    func isStuck(_ task: String) -> Bool { unmet[task, default: 0] > 0 }
    var path: [String] = []
    var places: [String: Int] = [:]
    var next = needs.keys.first(where: isStuck)
    while let task = next {
        if let place = places[task] { return path[place...] + [task] }
        places[task] = path.count
        path.append(task)
        next = needs[task]?.first(where: isStuck)
    }
    return path
}
