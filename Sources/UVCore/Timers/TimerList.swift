/// All timeouts of one delay, in the order they were armed, which is the order they fall due.
@LoopActor
final class TimerList {
    let milliseconds: Int64

    /// When the first member falls due, or earlier: members leave without it being corrected.
    var expiry: Int64

    /// Decides between lists of one expiry: the older number first.
    var id: UInt64

    /// The place in the `TimerListHeap`.
    var position = 0

    private struct Ends {
        unowned(unsafe) var first: Timeout?
        unowned(unsafe) var last: Timeout?
    }

    // Unchecked for exclusive access: each access is one load or store.
    @exclusivity(unchecked) private var ends = Ends()

    init(milliseconds: Int64, expiry: Int64, id: UInt64) {
        self.milliseconds = milliseconds
        self.expiry = expiry
        self.id = id
    }

    var first: Timeout? { ends.first }

    var isEmpty: Bool { ends.first == nil }

    /// - Complexity: O(n).
    var count: Int {
        var (count, timeout) = (0, ends.first)
        while let member = timeout { (count, timeout) = (count + 1, member.place.next) }
        return count
    }

    func append(_ timeout: Timeout) {
        // +1 for membership; the -1 is in `remove`.
        _ = Unmanaged.passRetained(timeout)
        timeout.place = Timeout.Place(list: self, previous: ends.last, next: nil)
        if let last = ends.last { last.place.next = timeout } else { ends.first = timeout }
        ends.last = timeout
    }

    func remove(_ timeout: Timeout) {
        let place = timeout.place
        timeout.place = Timeout.Place()
        if let previous = place.previous { previous.place.next = place.next } else { ends.first = place.next }
        if let next = place.next { next.place.previous = place.previous } else { ends.last = place.previous }
        // -1 for membership, which `append` counted.
        Unmanaged.passUnretained(timeout).release()
    }
}
