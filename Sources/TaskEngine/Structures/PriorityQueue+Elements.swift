extension PriorityQueue {
    /// The elements of a queue at one time, as its heap has them.
    ///
    /// It shares the queue's memory, so it costs nothing to take, however many there are.
    public struct Elements: RandomAccessCollection {
        /// How many bytes of that memory an element has.
        public static var stride: Int { MemoryLayout<Node>.stride }

        fileprivate let nodes: PieceArray<Node>

        public var startIndex: Int { 0 }
        public var endIndex: Int { nodes.count }

        /// O(1).
        public subscript(place: Int) -> Element { nodes[place].element }
    }

    /// The heap's array as it lies in memory: that at 0 is the first in order, the others are not sorted. O(1).
    ///
    /// While it is kept, a change of the queue copies the pieces of the array that it touches.
    public var elements: Elements { Elements(nodes: nodes) }
}

extension PriorityQueue.Elements: Sendable where Element: Sendable, Priority: Sendable {}
