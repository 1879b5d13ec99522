extension Lanes {
    /// The task that has the next turn among those of these types and projects that may be claimed; nil if there is none.
    ///
    /// It stays where it is. What is met of blocked projects is set aside.
    /// - Parameters:
    ///   - types: nil for any; a nil among them for tasks without one.
    ///   - projects: as the types.
    /// - Complexity: O(1) for any type, O(types named) for some. Where projects are named, O(projects named), times
    ///   the types named. To that comes O(log projects) for each entry that is set aside: once until its project is free.
    public mutating func first(types: [PlainText?]?, projects: [PlainText?]?) -> TaskID? {
        let turn =
            switch (types, projects) {
            case (nil, nil): firstOfAll()
            case (let types?, nil): first(ofKinds: types.compactMap { kinds[$0] })
            case (let types, let projects?): first(ofKinds: types.map(known), inProjects: projects)
            }
        return turn?.id
    }

    private func known(_ types: [PlainText?]) -> [Int] { types.compactMap { kinds[$0] } }

    private mutating func firstOfAll() -> Turn? {
        while let first = line.first {
            let project = Int(first.number)
            guard projects.parts[project].isBlocked else { return first.turn }
            line.remove(at: 0, noting: &placesAmongProjects)
            projects.parts[project].standing = .aside
        }
        return nil
    }

    private mutating func first(ofKinds named: [Int]) -> Turn? {
        var least: Turn?
        for kind in named {
            while let first = kinds.parts[kind].lanes.first {
                let lane = Int(first.number)
                guard projects.parts[lanes[lane].project].isBlocked else {
                    least = min(least ?? first.turn, first.turn)
                    break
                }
                kinds.parts[kind].lanes.remove(at: 0, noting: &placesInKind)
                lanes[lane].standing = .aside
            }
        }
        return least
    }

    private func first(ofKinds named: [Int]?, inProjects names: [PlainText?]) -> Turn? {
        var least: Turn?
        for case let project? in names.lazy.map({ projects[$0] }) where !projects.parts[project].isBlocked {
            let first = named.map { self.first(ofKinds: $0, in: project) } ?? projects.parts[project].lanes.first?.turn
            if let first { least = min(least ?? first, first) }
        }
        return least
    }

    private func first(ofKinds named: [Int], in project: Int) -> Turn? {
        named.lazy.compactMap { lanesByName[Lane.Key(project, $0)] }.compactMap { lanes[Int($0)].tasks.first?.turn }
            .min()
    }
}

// MARK: - Offers

extension Lanes {
    /// Notes that a lane has a first task that it did not have.
    mutating func offer(_ lane: Int) {
        guard !lanes[lane].isOffered else { return }
        lanes[lane].isOffered = true
        offers.append(UInt32(lane))
    }

    /// The lanes that have got another task to claim since the last call, or whose project has become free; each once,
    /// and none that has nothing to claim any more.
    ///
    /// - Complexity: O(lanes that have changed).
    public mutating func takeOffers() -> [LaneName] {
        guard !offers.isEmpty else { return [] }
        var names: [LaneName] = []
        for number in offers {
            let lane = lanes[Int(number)]
            lanes[Int(number)].isOffered = false
            let project = projects.parts[lane.project]
            guard !lane.tasks.isEmpty, !project.isBlocked else { continue }
            names.append(LaneName(project: project.name, type: kinds.parts[lane.kind].name))
        }
        offers.removeAll(keepingCapacity: true)
        return names
    }
}
