/// A queue that gives the most urgent element first, and among equally urgent ones the least, which for the ids of
/// tasks is the oldest: first in, first out.
///
/// It is a binary max-heap in an array. The children of the node at `i` are at `2i + 1` and `2i + 2`, and no child goes
/// before its parent:
///
/// ```
///              9                     nodes      [9, 7, 8, 1, 5, 2]
///            /   \                   index       0  1  2  3  4  5
///          7       8
///         / \     /
///        1   5   2
/// ```
///
/// A heap alone finds only its first element; to remove or move any other one, its place must be known. A table from
/// element to place would do, but a node that sifts through the heap passes up to log₂ *n* others, and each of those
/// would cost a look at it. So an element is given a *slot*, a small number it keeps as long as it is in the queue: the
/// table says the slot, asked once per call, and a plain array says where the node of a slot is now.
public struct PriorityQueue<Element: IDTableKey & Comparable, Priority: Comparable> {
    struct Node {
        let element: Element
        var priority: Priority
        let slot: Int

        func goesBefore(_ other: Node) -> Bool {
            priority == other.priority ? element < other.element : priority > other.priority
        }
    }

    var nodes: [Node] = []
    var slots = IDTable<Element, Int>()
    var positions: [Int] = []
    var freeSlots: [Int] = []

    public init() {}

    /// How many elements wait. O(1).
    public var count: Int { nodes.count }

    public var isEmpty: Bool { nodes.isEmpty }

    /// The element whose turn it is; it stays in the queue. O(1).
    public var first: Element? { nodes.first?.element }

    /// The heap's array as it lies in memory: the first is the first, the others are not sorted. O(*n*).
    public var array: [Element] { nodes.map(\.element) }

    /// Whether `element` is in the queue. O(1).
    public func contains(_ element: Element) -> Bool {
        slots[element] != nil
    }

    /// The priority of `element`, `nil` if it is not in the queue. O(1).
    public func priority(of element: Element) -> Priority? {
        slots[element].map { nodes[positions[$0]].priority }
    }

    /// Adds `element`; one that is in the queue already gets the new priority.
    ///
    /// - Complexity: O(log *n*), and O(1) for one that is no more urgent than most.
    public mutating func insert(_ element: Element, priority: Priority) {
        let slot = freeSlots.last ?? positions.count
        // One look for the question and the answer; an element that is there keeps its slot.
        if let own = slots.updateValue(slot, for: element) {
            slots.updateValue(own, for: element)
            return update(element, priority: priority)
        }
        if freeSlots.popLast() == nil { positions.append(nodes.count) }
        nodes.append(Node(element: element, priority: priority, slot: slot))
        siftUp(from: nodes.count - 1)
    }

    /// Gives `element` another priority; nothing happens if it is not in the queue.
    ///
    /// Among its new equals it stands where its age puts it, not at the end.
    /// - Complexity: O(log *n*).
    public mutating func update(_ element: Element, priority: Priority) {
        guard let slot = slots[element] else { return }
        let position = positions[slot]
        nodes[position].priority = priority
        restoreOrder(at: position)
    }

    /// Takes `element` out, and says whether it was there.
    ///
    /// - Complexity: O(log *n*).
    @discardableResult
    public mutating func remove(_ element: Element) -> Bool {
        guard let slot = slots.removeValue(for: element) else { return false }
        removeNode(at: positions[slot])
        return true
    }

    /// Takes the first element out; `nil` if the queue is empty.
    ///
    /// - Complexity: O(log *n*).
    public mutating func popFirst() -> Element? {
        guard let first = nodes.first else { return nil }
        slots.removeValue(for: first.element)
        removeNode(at: 0)
        return first.element
    }
}

extension PriorityQueue: Sendable where Element: Sendable, Priority: Sendable {}
extension PriorityQueue.Node: Sendable where Element: Sendable, Priority: Sendable {}
extension PriorityQueue: Equatable {}
extension PriorityQueue.Node: Equatable {}
