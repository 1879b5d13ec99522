/// A node that is out of place moves along one path of the heap; those it passes move one level the other way, and it
/// is written once, where it comes to rest. Most are in their place.
extension PriorityQueue {
    mutating func siftUp(from start: Int) {
        let node = nodes[start]
        var hole = start
        while hole > 0 {
            let parent = (hole - 1) / 2
            guard node.goesBefore(nodes[parent]) else { break }
            place(nodes[parent], at: hole)
            hole = parent
        }
        if hole != start { place(node, at: hole) }
    }

    mutating func siftDown(from start: Int) {
        let node = nodes[start]
        var hole = start
        while let child = firstChild(of: hole), nodes[child].goesBefore(node) {
            place(nodes[child], at: hole)
            hole = child
        }
        if hole != start { place(node, at: hole) }
    }

    /// Puts the node at `position`, whose neighbours are in order, where it belongs.
    mutating func restoreOrder(at position: Int) {
        if position > 0, nodes[position].goesBefore(nodes[(position - 1) / 2]) {
            siftUp(from: position)
        } else {
            siftDown(from: position)
        }
    }

    /// Fills the place of a node that goes with the last one.
    mutating func removeNode(at position: Int) {
        free(nodes[position].slot)
        guard let last = nodes.popLast(), position < nodes.count else { return }
        place(last, at: position)
        restoreOrder(at: position)
    }

    private mutating func place(_ node: Node, at position: Int) {
        nodes[position] = node
        note(position, of: node.slot)
    }

    /// The child that goes before the other.
    private func firstChild(of position: Int) -> Int? {
        let left = 2 * position + 1
        let right = left + 1
        guard left < nodes.count else { return nil }
        return right < nodes.count && nodes[right].goesBefore(nodes[left]) ? right : left
    }
}
