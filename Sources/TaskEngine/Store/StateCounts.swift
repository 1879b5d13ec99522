/// How many tasks are in each state.
public struct StateCounts: Sendable, Hashable {
    private var numbers = SIMD8<UInt32>()

    /// No tasks in any state.
    public init() {}

    /// How many tasks are in that state. O(1).
    public internal(set) subscript(state: TaskState) -> Int {
        get { Int(numbers[state.place]) }
        set { numbers[state.place] = UInt32(newValue) }
    }

    mutating func move(from former: TaskState?, to state: TaskState?) {
        if let former { self[former] -= 1 }
        if let state { self[state] += 1 }
    }

    /// In all states.
    public var total: Int { TaskState.allCases.reduce(0) { $0 + self[$1] } }

    /// Of those that have not ended.
    public var open: Int { total - self[.completed] - self[.failed] - self[.cancelled] }

    var isEmpty: Bool { numbers == SIMD8() }
}

extension TaskState {
    /// A number below 8 of its own. That of a new task without anything is 0.
    var place: Int {
        switch self {
        case .ready: 0
        case .waiting: 1
        case .scheduled: 2
        case .running: 3
        case .held: 4
        case .completed: 5
        case .failed: 6
        case .cancelled: 7
        }
    }

    /// What a task in this state is marked with.
    var mark: UInt8 { UInt8(place) }
}
