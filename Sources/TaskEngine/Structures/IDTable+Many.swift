/// Many ids at once.
///
/// An id lies anywhere, so a look at one waits for memory far away. The waits of many looks are one, if no look has to wait
/// for the one before it: so ids are taken in *portions*, and first of all the home of each is touched by code that goes the
/// same way whatever lies there. What is done with them behind that finds them near.
extension IDTable {
    /// How many ids are touched together: so many that their waits are few, and so few that all of them stay near.
    static var portion: Int { 64 }

    /// Touches the homes of the ids, and returns how many of those are taken: all of them, if all of the ids are there.
    ///
    /// - Complexity: O(`ids`).
    @discardableResult
    @inline(never)
    func touch(_ ids: [ID]) -> Int {
        var taken = 0
        for id in ids {
            let hash = id.tableHash
            taken += segments[directory[entry(of: hash)]].isTaken(hash) ? 1 : 0
        }
        // Where nothing is made of the number, the compiler would leave all of this out.
        precondition(taken <= ids.count, "more places than ids")
        return taken
    }

    /// Puts many ids in, none of which is there.
    ///
    /// - Parameters:
    ///   - count: How many they are.
    ///   - next: The next one with its value; nil behind the last.
    /// - Complexity: O(`count`).
    mutating func fill(count: Int, from next: () -> (id: ID, value: Value)?) {
        if isEmpty { reserve(count) }
        var portion: [(id: ID, value: Value)] = []
        var ids: [ID] = []
        repeat {
            ids.removeAll(keepingCapacity: true)
            while ids.count < Self.portion, let element = next() {
                ids.append(element.id)
                portion.append(element)
            }
            touch(ids)
            // What is taken out is moved, where a look would count one more reference.
            while let element = portion.popLast() { updateValue(element.value, for: element.id) }
        } while ids.count == Self.portion
    }
}
