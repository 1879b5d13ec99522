extension IDTable {
    /// What is wrong with the table, `nil` if nothing is. For tests: O(*n*).
    var brokenInvariant: String? {
        guard entries.allSatisfy({ self[$0.id] != nil }) else { return "an id is not found where it lies" }
        guard entries.reduce(0, { sum, _ in sum + 1 }) == count, segments.reduce(0, { $0 + $1.count }) == count else {
            return "the ids are not counted right"
        }
        guard segments.allSatisfy({ $0.count < $0.places.count }) else { return "a segment has no free place" }
        guard Set(directory) == Set(segments.indices) else { return "a segment is not in the directory, or not there" }
        return nil
    }
}
