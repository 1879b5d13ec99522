extension PriorityQueue {
    /// What is wrong with the queue, `nil` if nothing is. For tests: O(*n*).
    var brokenInvariant: String? {
        for (position, node) in nodes.enumerated() {
            if position > 0, node.goesBefore(nodes[(position - 1) / 2]) {
                return "the node at \(position) goes before its parent"
            }
            guard slots[node.element] == node.slot else { return "\(node.element) is not found by its slot" }
            guard positions[node.slot] == position else { return "slot \(node.slot) does not know its place" }
        }
        guard slots.count == nodes.count else { return "\(slots.count) slots for \(nodes.count) nodes" }
        guard Set(slots.entries.map(\.value)).union(freeSlots).count == positions.count,
            freeSlots.count + slots.count == positions.count
        else { return "a slot is lost or given twice" }
        return slots.brokenInvariant
    }
}
