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
/// A heap alone finds only its first element; to remove or move any other one, its place must be known, and a node that
/// sifts through the heap passes up to log₂ *n* others. So an element is given a *slot*, a small number that it keeps as
/// long as it is in the queue: the owner of the queue keeps the slot beside what else it has of the element, and an array
/// says where the node of a slot is now.
public struct PriorityQueue<Element: Comparable, Priority: Comparable> {
    /// What an element is found by while it is in the queue. Behind that it may be another one's.
    public struct Slot: Sendable, Hashable {
        let number: UInt32
    }

    struct Node {
        let element: Element
        var priority: Priority
        let slot: Slot

        func goesBefore(_ other: Node) -> Bool {
            priority == other.priority ? element < other.element : priority > other.priority
        }
    }

    var nodes = PieceArray<Node>()
    private(set) var positions = PieceArray<UInt32>()
    private(set) var freeSlots = PieceArray<Slot>()

    /// A queue without elements.
    public init() {}

    /// How many elements wait. O(1).
    public var count: Int { nodes.count }

    /// Whether no element waits. O(1).
    public var isEmpty: Bool { nodes.isEmpty }

    /// The element whose turn it is; it stays in the queue. O(1).
    public var first: Element? { nodes.isEmpty ? nil : nodes[0].element }

    /// The priority of the first element. O(1).
    public var firstPriority: Priority? { nodes.isEmpty ? nil : nodes[0].priority }

    /// The priority of the element in `slot`. O(1).
    public func priority(at slot: Slot) -> Priority { nodes[position(of: slot)].priority }

    /// Adds `element`, which is not in the queue, and returns its slot.
    ///
    /// - Complexity: O(log *n*), and O(1) for one that is no more urgent than most.
    @discardableResult
    public mutating func insert(_ element: Element, priority: Priority) -> Slot {
        let slot = takeSlot(at: nodes.count)
        nodes.append(Node(element: element, priority: priority, slot: slot))
        siftUp(from: nodes.count - 1)
        return slot
    }

    /// Gives the element in `slot` another priority.
    ///
    /// Among its new equals it stands where its age puts it, not at the end.
    /// - Complexity: O(log *n*).
    public mutating func update(_ slot: Slot, priority: Priority) {
        let position = position(of: slot)
        nodes[position].priority = priority
        restoreOrder(at: position)
    }

    /// Takes the element in `slot` out.
    ///
    /// - Complexity: O(log *n*).
    public mutating func remove(_ slot: Slot) { removeNode(at: position(of: slot)) }

    /// Takes the first element out; `nil` if the queue is empty.
    ///
    /// - Complexity: O(log *n*).
    public mutating func popFirst() -> Element? {
        guard let first else { return nil }
        removeNode(at: 0)
        return first
    }
}

// MARK: - Slots

extension PriorityQueue {
    func position(of slot: Slot) -> Int { Int(positions[Int(slot.number)]) }

    /// Notes where the node of `slot` is now.
    mutating func note(_ position: Int, of slot: Slot) { positions[Int(slot.number)] = UInt32(position) }

    /// A slot for the node at `position`.
    private mutating func takeSlot(at position: Int) -> Slot {
        if let free = freeSlots.popLast() {
            note(position, of: free)
            return free
        }
        positions.append(UInt32(position))
        return Slot(number: UInt32(positions.count - 1))
    }

    mutating func free(_ slot: Slot) { freeSlots.append(slot) }
}

extension PriorityQueue: Sendable where Element: Sendable, Priority: Sendable {}
extension PriorityQueue.Node: Sendable where Element: Sendable, Priority: Sendable {}

extension PriorityQueue: Equatable {
    /// Whether both have the same elements at the same places of their heaps. Which slots those have is no part of it.
    public static func == (left: Self, right: Self) -> Bool {
        left.count == right.count
            && zip(left.nodes, right.nodes).allSatisfy { $0.element == $1.element && $0.priority == $1.priority }
    }
}
