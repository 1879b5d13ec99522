/// Small numbers, each given to one at a time: places in arrays that lie side by side.
struct Numbers: Sendable {
    private var free = PieceArray<UInt32>()
    /// How many were ever given at a time.
    private(set) var count = 0

    /// The least that was never given, or one that was given back. O(1).
    mutating func take() -> Int {
        if let number = free.popLast() { return Int(number) }
        count += 1
        return count - 1
    }

    /// Takes a number back. O(1).
    mutating func give(_ number: Int) { free.append(UInt32(number)) }

    /// How many are not given now, of those that were. O(1).
    var freeCount: Int { free.count }
}

extension PieceArray {
    /// Writes an element where one is already, or behind the last.
    mutating func put(_ element: Element, at place: Int) {
        if place == count { append(element) } else { self[place] = element }
    }
}
