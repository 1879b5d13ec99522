/// What follows when a lane has another first task.
extension Lanes {
    /// The lane of that name, which is made if there is none. O(1).
    mutating func lane(of project: PlainText?, _ type: PlainText?) -> Int {
        if project == nil, type == nil { return 0 }
        let (project, kind) = (self.project(project), kinds[type] ?? type.map { kinds.add($0) } ?? 0)
        return lanesByName[Lane.Key(project, kind)].map(Int.init) ?? addLane(project: project, kind: kind)
    }

    @discardableResult
    mutating func addLane(project: Int, kind: Int) -> Int {
        let number = laneNumbers.take()
        var lane = Lane(project: project, kind: kind)
        // The number may be on the list of offers.
        if number < lanes.count { lane.isOffered = lanes[number].isOffered }
        lanes.put(lane, at: number)
        placesInProject.put(0, at: number)
        placesInKind.put(0, at: number)
        lanesByName.updateValue(UInt32(number), for: Lane.Key(project, kind))
        kinds.parts[kind].laneCount += 1
        return number
    }

    func has(_ lane: Int, _ project: PlainText?, _ type: PlainText?) -> Bool {
        projects.parts[lanes[lane].project].name == project && kinds.parts[lanes[lane].kind].name == type
    }

    mutating func project(_ name: PlainText?) -> Int {
        guard let name else { return 0 }
        if let known = projects[name] { return known }
        let number = projects.add(name)
        placesAmongProjects.put(0, at: number)
        return number
    }

    /// Puts the entries of a lane whose first task is another one where they belong.
    ///
    /// - Complexity: O(log types + log projects).
    mutating func noteFirst(of lane: Int) {
        let project = lanes[lane].project
        if let first = lanes[lane].tasks.first {
            rise(lane, to: first.turn)
            offer(lane)
            noteFirst(ofProject: project)
        } else {
            sink(lane)
            noteFirst(ofProject: project)
            releaseProject(project)
        }
    }

    private mutating func rise(_ lane: Int, to turn: Turn) {
        let (project, kind) = (lanes[lane].project, lanes[lane].kind)
        let node = TurnHeap.Node(turn: turn, number: UInt32(lane))
        switch lanes[lane].standing {
        case .away:
            projects.parts[project].lanes.insert(node, noting: &placesInProject)
            kinds.parts[kind].lanes.insert(node, noting: &placesInKind)
            lanes[lane].standing = .inLine
        case .inLine:
            let (place, placeInKind) = (Int(placesInProject[lane]), Int(placesInKind[lane]))
            projects.parts[project].lanes.update(at: place, to: turn, noting: &placesInProject)
            kinds.parts[kind].lanes.update(at: placeInKind, to: turn, noting: &placesInKind)
        case .aside:
            let place = Int(placesInProject[lane])
            projects.parts[project].lanes.update(at: place, to: turn, noting: &placesInProject)
        }
    }

    /// Takes a lane that is empty out of the heaps, and forgets it.
    private mutating func sink(_ lane: Int) {
        let (project, kind) = (lanes[lane].project, lanes[lane].kind)
        let place = Int(placesInProject[lane])
        projects.parts[project].lanes.remove(at: place, noting: &placesInProject)
        if lanes[lane].standing == .inLine {
            let place = Int(placesInKind[lane])
            kinds.parts[kind].lanes.remove(at: place, noting: &placesInKind)
        }
        lanes[lane].standing = .away
        guard lane != 0 else { return }
        lanesByName.removeValue(for: Lane.Key(project, kind))
        laneNumbers.give(lane)
        // Its memory goes, and whether it is on the list of offers stays.
        let isOffered = lanes[lane].isOffered
        lanes[lane] = Lane(project: 0, kind: 0)
        lanes[lane].isOffered = isOffered
        kinds.parts[kind].laneCount -= 1
        kinds.release(kind)
    }

    private mutating func noteFirst(ofProject project: Int) {
        let first = projects.parts[project].lanes.first?.turn
        let place = Int(placesAmongProjects[project])
        switch (projects.parts[project].standing, first) {
        case (.away, let turn?):
            let node = TurnHeap.Node(turn: turn, number: UInt32(project))
            line.insert(node, noting: &placesAmongProjects)
            projects.parts[project].standing = .inLine
        case (.inLine, let turn?):
            if line[place].turn != turn { line.update(at: place, to: turn, noting: &placesAmongProjects) }
        case (.inLine, nil):
            line.remove(at: place, noting: &placesAmongProjects)
            projects.parts[project].standing = .away
        case (.aside, nil): projects.parts[project].standing = .away
        case (.aside, _?), (.away, nil): break
        }
    }

    mutating func releaseProject(_ project: Int) { projects.release(project) }

    /// Puts what was set aside of a project that is free back, and offers its lanes.
    ///
    /// - Complexity: O(types · log projects).
    mutating func comeBack(_ project: Int) {
        if projects.parts[project].standing == .aside {
            projects.parts[project].standing = .away
            noteFirst(ofProject: project)
        }
        for place in 0..<projects.parts[project].lanes.count {
            let node = projects.parts[project].lanes[place]
            let lane = Int(node.number)
            offer(lane)
            guard lanes[lane].standing == .aside else { continue }
            lanes[lane].standing = .inLine
            kinds.parts[lanes[lane].kind].lanes.insert(node, noting: &placesInKind)
        }
    }
}
