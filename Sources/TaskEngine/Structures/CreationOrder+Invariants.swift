extension CreationOrder {
    /// What is wrong with the order, `nil` if nothing is. For tests: O(*n*).
    var brokenInvariant: String? {
        guard chunks.allSatisfy({ !$0.isEmpty && $0.count <= Self.capacity }) else {
            return "a chunk is empty or too long"
        }
        guard zip(chunks, chunks.dropFirst()).allSatisfy({ $0.count + $1.count > Self.capacity / 2 }) else {
            return "two neighbours fit into half a chunk"
        }
        let ids = Array(chunks.joined())
        guard zip(ids, ids.dropFirst()).allSatisfy({ $0 < $1 }) else { return "the ids do not ascend" }
        guard ids.count == count else { return "\(ids.count) ids are counted as \(count)" }
        return nil
    }
}
