/// Tasks by their urgency. The order is right; but each `pop` looks at all of them.
///
/// Make it a heap, with an index that says where in it each task stands.
public struct TaskQueue<ID: Hashable, Priority: Comparable> {
    private var tasks: [(id: ID, priority: Priority)] = []

    public init() {}

    /// How many wait.
    public var count: Int { tasks.count }

    /// Puts a task in, behind those that are as urgent.
    public mutating func push(_ id: ID, _ priority: Priority) {
        tasks.append((id, priority))
    }

    /// Takes the most urgent task out, of equals the one that came first; nil if there is none.
    public mutating func pop() -> ID? {
        guard var first = tasks.indices.first else { return nil }
        for place in tasks.indices where tasks[place].priority > tasks[first].priority { first = place }
        return tasks.remove(at: first).id
    }

    /// Gives a task that waits another priority; among its new equals it keeps the place of its coming.
    public mutating func change(_ id: ID, to priority: Priority) {
        for place in tasks.indices where tasks[place].id == id { tasks[place].priority = priority }
    }
}
