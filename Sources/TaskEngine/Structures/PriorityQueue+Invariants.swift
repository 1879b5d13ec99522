extension PriorityQueue {
    /// What is wrong with the queue, `nil` if nothing is. For tests: O(*n*).
    var brokenInvariant: String? {
        for (position, node) in nodes.enumerated() {
            if position > 0, node.goesBefore(nodes[(position - 1) / 2]) {
                return "the node at \(position) goes before its parent"
            }
            guard self.position(of: node.slot) == position else { return "slot \(node.slot) does not know its place" }
        }
        guard Set(nodes.map(\.slot)).union(freeSlots).count == positions.count,
            freeSlots.count + nodes.count == positions.count
        else { return "a slot is lost or given twice" }
        return nil
    }
}
