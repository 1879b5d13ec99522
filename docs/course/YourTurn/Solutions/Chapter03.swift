/// Tasks by their urgency: a heap in an array, and where in it each task stands.
public struct TaskQueue<ID: Hashable, Priority: Comparable> {
    private struct Entry {
        let id: ID
        var priority: Priority
        /// Equals leave in the order in which they came, which a heap does not know by itself.
        let arrival: Int

        func goesBefore(_ other: Entry) -> Bool {
            priority == other.priority ? arrival < other.arrival : priority > other.priority
        }
    }

    private var heap: [Entry] = []
    private var places: [ID: Int] = [:]
    private var arrivals = 0

    public init() {}

    /// How many wait.
    public var count: Int { heap.count }

    /// Puts a task in, behind those that are as urgent.
    public mutating func push(_ id: ID, _ priority: Priority) {
        heap.append(Entry(id: id, priority: priority, arrival: arrivals))
        arrivals += 1
        places[id] = heap.count - 1
        rise(heap.count - 1)
    }

    /// Takes the most urgent task out, of equals the one that came first; nil if there is none.
    public mutating func pop() -> ID? {
        guard let first = heap.first else { return nil }
        swap(0, heap.count - 1)
        heap.removeLast()
        places[first.id] = nil
        sink(0)
        return first.id
    }

    /// Gives a task that waits another priority; among its new equals it keeps the place of its coming.
    public mutating func change(_ id: ID, to priority: Priority) {
        guard let place = places[id] else { return }
        heap[place].priority = priority
        rise(place)
        sink(places[id] ?? place)
    }

    private mutating func rise(_ start: Int) {
        var child = start
        while child > 0, heap[child].goesBefore(heap[(child - 1) / 2]) {
            swap(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while 2 * parent + 1 < heap.count {
            var child = 2 * parent + 1
            if child + 1 < heap.count, heap[child + 1].goesBefore(heap[child]) { child += 1 }
            guard heap[child].goesBefore(heap[parent]) else { return }
            swap(child, parent)
            parent = child
        }
    }

    private mutating func swap(_ one: Int, _ other: Int) {
        heap.swapAt(one, other)
        places[heap[one].id] = one
        places[heap[other].id] = other
    }
}
