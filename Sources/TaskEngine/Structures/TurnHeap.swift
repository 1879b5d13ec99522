/// A line whose first has the least turn: a heap, as in `PriorityQueue`, but with four children to a node, and its owner
/// keeps the places. Four children lie beside each other in memory, and a node that sinks is moved half as often.
///
/// There may be as many of these as there are tasks, most of them with one node or two. So the first node lies in the heap
/// itself, and the others in memory that is asked for when there are any. What a node stands for has a *number*, and the
/// owner one array of places by number for all the heaps of a kind:
///
/// ```
///   heap of lane 7      [ task 3 | task 9, task 4 ]          places of tasks    … 3: 0  4: 2  9: 1  8: 0 …
///   heap of lane 8      [ task 8 | ]
/// ```
struct TurnHeap: Sendable {
    struct Node: Sendable {
        var turn: Turn
        let number: UInt32
    }

    typealias Places = PieceArray<UInt32>

    private(set) var count = 0
    /// Means nothing while the heap is empty.
    private var root = Node(turn: Turn(at: 0, by: 0, id: TaskID(high: 0, low: 0)), number: 0)
    private var rest = PieceArray<Node>()

    var isEmpty: Bool { count == 0 }

    /// O(1).
    var first: Node? { count == 0 ? nil : root }

    /// The node at a place below `count`. O(1).
    private(set) subscript(place: Int) -> Node {
        get { place == 0 ? root : rest[place - 1] }
        set { if place == 0 { root = newValue } else { rest[place - 1] = newValue } }
    }

    /// Adds a node, of a number that is known or the next one.
    ///
    /// - Complexity: O(log *n*), and O(1) for one whose turn is no earlier than most.
    mutating func insert(_ node: Node, noting places: inout Places) {
        let place = count
        if place == 0 { root = node } else { rest.append(node) }
        count += 1
        places.put(UInt32(place), at: Int(node.number))
        // Most stay where they come.
        guard place > 0, node.turn < self[(place - 1) / Self.children].turn else { return }
        siftUp(node, from: place, noting: &places)
    }

    /// Gives the node at `place` another turn. O(log *n*).
    mutating func update(at place: Int, to turn: Turn, noting places: inout Places) {
        restore(Node(turn: turn, number: self[place].number), at: place, noting: &places)
    }

    /// Takes the node at `place` out. O(log *n*).
    mutating func remove(at place: Int, noting places: inout Places) {
        count -= 1
        guard let last = rest.popLast(), place < count else { return }
        restore(last, at: place, noting: &places)
    }

    /// Puts `node`, for which there is room at `place`, where it belongs.
    private mutating func restore(_ node: Node, at place: Int, noting places: inout Places) {
        if count == 1 {
            // Most heaps of lanes and projects are that small.
            root = node
            places[Int(node.number)] = 0
        } else if place > 0, node.turn < self[(place - 1) / Self.children].turn {
            siftUp(node, from: place, noting: &places)
        } else {
            siftDown(node, from: place, noting: &places)
        }
    }

    private mutating func siftUp(_ node: Node, from start: Int, noting places: inout Places) {
        var hole = start
        while hole > 0 {
            let parent = (hole - 1) / Self.children
            guard node.turn < self[parent].turn else { break }
            put(self[parent], at: hole, noting: &places)
            hole = parent
        }
        put(node, at: hole, noting: &places)
    }

    private mutating func siftDown(_ node: Node, from start: Int, noting places: inout Places) {
        var hole = start
        while let child = firstChild(of: hole), self[child].turn < node.turn {
            put(self[child], at: hole, noting: &places)
            hole = child
        }
        put(node, at: hole, noting: &places)
    }

    private func firstChild(of place: Int) -> Int? {
        let start = Self.children * place + 1
        guard start < count else { return nil }
        var (first, turn) = (start, self[start].turn)
        let end = min(start + Self.children, count)
        for child in start + 1..<end {
            let other = self[child].turn
            if other < turn { (first, turn) = (child, other) }
        }
        return first
    }

    /// A power of two.
    static var children: Int { 4 }

    private mutating func put(_ node: Node, at place: Int, noting places: inout Places) {
        self[place] = node
        places[Int(node.number)] = UInt32(place)
    }
}
