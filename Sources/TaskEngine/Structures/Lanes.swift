/// The ready tasks, in the lines in which workers take them.
///
/// A worker takes tasks of some types and projects, or any. So those of one project and type stand in a *lane*, and above
/// the lanes stand those that are first in them:
///
/// ```
///                    any type                         type "mail"        type "pdf"
///               alpha ─── beta                       alpha ─── beta         alpha
///              ╱    ╲        ╲                          │        │            │
///     alpha/mail   alpha/pdf   beta/mail           alpha/mail  beta/mail  alpha/pdf        each lane: its tasks
/// ```
///
/// Each of these is a heap by turn (`Rank.turn`), and each entry has the turn of the first one below it. Mostly a change
/// moves no first one, and ends in its lane.
///
/// A project may be *blocked*: paused, or with as many tasks running as it may have. Its entries stay where they are, so
/// that blocking costs nothing, and are set aside when a claim meets them as the first of a heap; when the project is
/// free, they come back.
///
/// A lane is *offered* when it gets another first task that may be claimed: those that wait for work are asked then, and
/// at no other time.
///
/// Lanes, projects and types have numbers; those without a name are 0, and are always there. A name is looked up once.
public struct Lanes: Sendable {
    /// How many milliseconds of waiting are worth a point of priority; 0 if no wait is.
    public let aging: Int64

    /// The tasks that are in a lane, by id.
    var tasks = IDTable<TaskID, UInt32>()
    private var taskNumbers = Numbers()
    var laneOfTask = PieceArray<UInt32>()
    var placesInLane = TurnHeap.Places()

    var lanes = PieceArray<Lane>()
    var laneNumbers = Numbers()
    var lanesByName = IDTable<Lane.Key, UInt32>()
    var placesInProject = TurnHeap.Places()
    var placesInKind = TurnHeap.Places()

    var projects = NamedParts<Project>()
    var placesAmongProjects = TurnHeap.Places()
    var kinds = NamedParts<Kind>()

    /// All projects with ready tasks, but those that are set aside.
    var line = TurnHeap()
    /// The lanes that are offered, each once.
    var offers: [UInt32] = []

    /// Lanes without tasks, where no project is blocked.
    ///
    /// - Parameter aging: how many milliseconds of waiting are worth a point of priority; 0 if no wait is.
    public init(aging: Int64 = Self.standardAging) {
        self.aging = aging
        placesAmongProjects.append(0)
        addLane(project: 0, kind: 0)
    }

    /// A minute: a task that has waited for ten goes before a new one that is nine points more urgent.
    public static let standardAging: Int64 = 60_000

    /// How many types a project may have ready tasks of.
    public static let limitOfTypes = 1_000

    /// How many tasks are ready. O(1).
    public var count: Int { tasks.count }
}

// MARK: - Tasks

extension Lanes {
    /// Puts a task into the lane of its project and type, or to another place of it if it is there already.
    ///
    /// - Complexity: O(log *n*), and O(1) for one that is no more urgent than most.
    public mutating func place(_ id: TaskID, in project: PlainText?, type: PlainText?, rank: Rank) {
        let turn = rank.turn(aging: aging)
        let number = taskNumbers.take()
        if let former = tasks.updateValue(UInt32(number), for: id) {
            tasks.updateValue(former, for: id)
            taskNumbers.give(number)
            return replace(Int(former), in: project, type: type, turn: turn)
        }
        enter(number, lane(of: project, type), turn)
    }

    /// Puts a task into the lane of its project and type, where there are only tasks that came this way. None is found by
    /// its id before ``findAll()``.
    ///
    /// - Complexity: as `place`.
    mutating func add(_ id: TaskID, in project: PlainText?, type: PlainText?, rank: Rank) {
        enter(taskNumbers.take(), lane(of: project, type), rank.turn(aging: aging))
    }

    /// Lets the tasks that were added be found by their ids. O(*n*).
    mutating func findAll() {
        var (lane, place) = (0, 0)
        tasks.fill(count: taskNumbers.count) { [lanes] in
            while lane < lanes.count, place == lanes[lane].tasks.count { (lane, place) = (lane + 1, 0) }
            guard lane < lanes.count else { return nil }
            defer { place += 1 }
            let node = lanes[lane].tasks[place]
            return (node.turn.id, node.number)
        }
    }

    /// Takes a task out, if it is there.
    ///
    /// - Complexity: O(log *n*).
    public mutating func remove(_ id: TaskID) {
        guard let number = tasks.removeValue(for: id) else { return }
        leave(Int(number))
        taskNumbers.give(Int(number))
    }

    /// Whether the task is in a lane: it is ready, though its project may be paused. O(1).
    public func contains(_ id: TaskID) -> Bool { tasks[id] != nil }

    private mutating func replace(_ number: Int, in project: PlainText?, type: PlainText?, turn: Turn) {
        let (former, place) = (Int(laneOfTask[number]), Int(placesInLane[number]))
        if has(former, project, type), lanes[former].tasks[place].turn == turn { return }
        leave(number)
        enter(number, lane(of: project, type), turn)
    }

    private mutating func enter(_ number: Int, _ lane: Int, _ turn: Turn) {
        laneOfTask.put(UInt32(lane), at: number)
        lanes[lane].tasks.insert(TurnHeap.Node(turn: turn, number: UInt32(number)), noting: &placesInLane)
        if placesInLane[number] == 0 { noteFirst(of: lane) }
    }

    private mutating func leave(_ number: Int) {
        let (lane, place) = (Int(laneOfTask[number]), Int(placesInLane[number]))
        lanes[lane].tasks.remove(at: place, noting: &placesInLane)
        if place == 0 { noteFirst(of: lane) }
    }
}

// MARK: - Projects

extension Lanes {
    /// Notes that so many more tasks of the project are leased, or fewer if negative.
    ///
    /// - Complexity: O(1), and O(types · log projects) when the project becomes free.
    public mutating func noteRunning(_ project: PlainText?, by change: Int) {
        changeProject(project) { $0.running += change }
    }

    /// Lets the project's tasks be claimed as the settings say.
    ///
    /// - Complexity: as `noteRunning`.
    public mutating func configure(_ project: PlainText?, _ settings: ProjectSettings) {
        changeProject(project) { ($0.isPaused, $0.maxRunning) = (settings.isPaused, settings.maxRunning) }
    }

    /// Whether a task of that type would be of one type too many. Those that are there already have their place.
    ///
    /// - Complexity: O(1).
    public func isFull(_ project: PlainText?, type: PlainText?) -> Bool {
        isFull(project, with: 1) && !has(project, type: type)
    }

    /// Whether so many types are too many beside those that the project has. O(1).
    func isFull(_ project: PlainText?, with newTypes: Int) -> Bool {
        (projects[project].map { projects.parts[$0].lanes.count } ?? 0) + newTypes > Self.limitOfTypes
    }

    /// Whether tasks of that type have a lane in the project. O(1).
    func has(_ project: PlainText?, type: PlainText?) -> Bool {
        guard let number = projects[project] else { return false }
        return kinds[type].flatMap { lanesByName[Lane.Key(number, $0)] } != nil
    }

    /// How many of the project's tasks are leased. O(1).
    public func running(in project: PlainText?) -> Int { projects[project].map { projects.parts[$0].running } ?? 0 }

    /// The project's task that has the next turn, whether it may be claimed now or not. O(1).
    public func next(in project: PlainText?) -> TaskID? {
        projects[project].flatMap { projects.parts[$0].lanes.first?.turn.id }
    }

    private mutating func changeProject(_ name: PlainText?, _ change: (inout Project) -> Void) {
        let number = self.project(name)
        let wasBlocked = projects.parts[number].isBlocked
        change(&projects.parts[number])
        if wasBlocked, !projects.parts[number].isBlocked { comeBack(number) }
        releaseProject(number)
    }
}
