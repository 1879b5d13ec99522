extension Lanes {
    /// What is wrong with the lanes, nil if nothing is. For tests: O(*n* log *n*).
    var brokenInvariant: String? { brokenTask ?? brokenLane ?? brokenProject ?? brokenLine }

    private var brokenTask: String? {
        guard lanes.reduce(0, { $0 + $1.tasks.count }) == tasks.count else { return "the tasks are not counted right" }
        for (id, number) in tasks.entries {
            let (lane, place) = (lanes[Int(laneOfTask[Int(number)])], Int(placesInLane[Int(number)]))
            guard place < lane.tasks.count, lane.tasks[place].number == number, lane.tasks[place].turn.id == id else {
                return "\(id) is not where it was put"
            }
        }
        return nil
    }

    private var brokenLane: String? {
        for (number, lane) in lanes.enumerated() {
            if lane.tasks.isDisordered { return "lane \(number) is no heap" }
            guard let first = lane.tasks.first else {
                guard lane.standing == .away else { return "lane \(number) is empty and in line" }
                continue
            }
            guard lanesByName[Lane.Key(lane.project, lane.kind)] == UInt32(number) else {
                return "lane \(number) is not found by its name"
            }
            let (inProject, inKind) = (Int(placesInProject[number]), Int(placesInKind[number]))
            guard projects.parts[lane.project].lanes.has(number, first.turn, at: inProject) else {
                return "the project of lane \(number) does not know its first"
            }
            let kind = kinds.parts[lane.kind].lanes
            guard lane.standing == (kind.has(number, first.turn, at: inKind) ? .inLine : .aside) else {
                return "the type of lane \(number) does not know its first"
            }
            guard lane.standing == .inLine || projects.parts[lane.project].isBlocked else {
                return "lane \(number) is set aside, and its project is free"
            }
        }
        let used = lanes.enumerated().count { $0 == 0 || !$1.tasks.isEmpty }
        guard used == lanesByName.count, laneNumbers.freeCount + used == lanes.count else {
            return "a lane is lost, or known without tasks"
        }
        guard Set(offers).count == offers.count, lanes.count(where: \.isOffered) == offers.count,
            offers.allSatisfy({ lanes[Int($0)].isOffered })
        else { return "the offers are not those of the lanes" }
        return nil
    }

    private var brokenProject: String? {
        for (number, project) in projects.parts.enumerated() {
            if project.lanes.isDisordered { return "project \(number) is no heap" }
            if let name = project.name, projects[name] != number { return "project \(number) is not found by its name" }
            guard number == 0 || project.isNeeded == (project.name != nil) else {
                return "project \(number) is kept for nothing, or forgotten"
            }
            guard let first = project.lanes.first else {
                guard project.standing == .away else { return "project \(number) is empty and in line" }
                continue
            }
            let isInLine = line.has(number, first.turn, at: Int(placesAmongProjects[number]))
            guard project.standing == (isInLine ? .inLine : .aside), isInLine || project.isBlocked else {
                return "the line does not know the first of project \(number)"
            }
        }
        return nil
    }

    private var brokenLine: String? {
        if line.isDisordered { return "the line is no heap" }
        for (number, kind) in kinds.parts.enumerated() {
            if kind.lanes.isDisordered { return "type \(number) is no heap" }
            guard number == 0 || kind.isNeeded == (kind.name != nil), kind.laneCount >= kind.lanes.count else {
                return "type \(number) is kept for nothing, or forgotten"
            }
        }
        let inLine = projects.parts.count { $0.standing == .inLine }
        guard inLine == line.count else { return "the line has \(line.count) projects, not \(inLine)" }
        var rest = self
        for (number, project) in projects.parts.enumerated() where project.isBlocked {
            (rest.projects.parts[number].isPaused, rest.projects.parts[number].maxRunning) = (false, nil)
            rest.comeBack(number)
        }
        let turns = turns
        for turn in turns.values.sorted() {
            guard rest.first(types: nil, projects: nil) == turn.id else { return "\(turn.id) has not its turn" }
            rest.remove(turn.id)
        }
        return nil
    }

    /// The turn of each task, for tests.
    var turns: [TaskID: Turn] {
        var turns: [TaskID: Turn] = [:]
        for lane in lanes {
            for place in 0..<lane.tasks.count { turns[lane.tasks[place].turn.id] = lane.tasks[place].turn }
        }
        return turns
    }
}

extension TurnHeap {
    /// Whether a node goes before its parent.
    fileprivate var isDisordered: Bool {
        (0..<count).contains { $0 > 0 && self[$0].turn < self[($0 - 1) / Self.children].turn }
    }

    fileprivate func has(_ number: Int, _ turn: Turn, at place: Int) -> Bool {
        place < count && self[place].number == UInt32(number) && self[place].turn == turn
    }
}

extension Lanes: Equatable {
    /// Whether both have the same tasks in the same lanes, the same tasks running, and the same limits. What is set aside and
    /// what is offered is no part of it.
    public static func == (left: Lanes, right: Lanes) -> Bool {
        left.aging == right.aging && left.turns == right.turns && left.limits == right.limits
            && left.tasks.entries.allSatisfy { left.name(of: $0.id) == right.name(of: $0.id) }
    }

    private func name(of task: TaskID) -> LaneName? {
        guard let number = tasks[task] else { return nil }
        let lane = lanes[Int(laneOfTask[Int(number)])]
        return LaneName(project: projects.parts[lane.project].name, type: kinds.parts[lane.kind].name)
    }

    private struct Limits: Equatable {
        let running: Int
        let isPaused: Bool
        let maxRunning: Int?
    }

    /// Of the projects where they say anything.
    private var limits: [PlainText?: Limits] {
        var limits: [PlainText?: Limits] = [:]
        for project in projects.parts where project.running != 0 || project.isPaused || project.maxRunning != nil {
            limits[project.name] = Limits(
                running: project.running, isPaused: project.isPaused, maxRunning: project.maxRunning)
        }
        return limits
    }
}
