extension CreationOrder {
    /// What is wrong with the order, `nil` if nothing is. For tests: O(*n*).
    var brokenInvariant: String? {
        guard chunks.allSatisfy({ (1...Self.capacity).contains($0.count) }) else {
            return "a chunk is empty or too long"
        }
        guard zip(chunks, chunks.dropFirst()).allSatisfy({ $0.count + $1.count > Self.capacity / 2 }) else {
            return "two neighbours fit into half a chunk"
        }
        let ids = chunks.flatMap { $0.places.map { blocks[$0] } }
        guard zip(ids, ids.dropFirst()).allSatisfy({ $0 < $1 }) else { return "the ids do not ascend" }
        guard ids.count == count else { return "\(ids.count) ids are counted as \(count)" }
        guard chunks.allSatisfy({ $0.start <= blocks[$0.place] }),
            zip(chunks, chunks.dropFirst()).allSatisfy({ blocks[$0.places.upperBound - 1] < $1.start })
        else { return "a chunk holds what belongs into another" }
        let places = Set(chunks.map(\.place))
        guard places.count == chunks.count, places.isSubset(of: stride(from: 0, to: blocks.count, by: Self.capacity))
        else { return "two chunks share a block, or one has none" }
        return brokenMarks
    }

    private var brokenMarks: String? {
        guard isMarked else { return marks.isEmpty && chunks.allSatisfy { $0.marks == MarkCounts() } ? nil : "marks" }
        guard marks.count == blocks.count else { return "there are not as many marks as places" }
        for chunk in chunks {
            var counted = MarkCounts()
            for place in chunk.places { counted.add(marks[place]) }
            guard counted == chunk.marks else { return "the marks of a chunk are counted wrong" }
        }
        return nil
    }
}
