/// The timer lists by expiry: a binary min-heap, in which each list knows its place and so can be removed.
///
/// The heap holds one entry per delay in use, not per timeout. Programs use few different delays, so arming one of a
/// million timeouts touches a heap of a handful.
@LoopActor
struct TimerListHeap {
    private var lists: [TimerList] = []

    /// The list that falls due first.
    var first: TimerList? { lists.first }

    /// - Complexity: O(log n).
    mutating func insert(_ list: TimerList) {
        list.position = lists.count
        lists.append(list)
        siftUp(from: list.position)
    }

    /// - Complexity: O(log n).
    mutating func remove(_ list: TimerList) {
        let hole = list.position
        let moved = lists.removeLast()
        guard moved !== list else { return }
        place(moved, at: hole)
        siftDown(from: hole)
        siftUp(from: moved.position)
    }

    /// Finds the first list's new place after its expiry has grown.
    ///
    /// - Complexity: O(log n).
    mutating func firstHasGrown() { siftDown(from: 0) }

    private mutating func siftUp(from start: Int) {
        var position = start
        let list = lists[position]
        while position > 0 {
            let parent = (position - 1) / 2
            guard precedes(list, lists[parent]) else { break }
            place(lists[parent], at: position)
            position = parent
        }
        place(list, at: position)
    }

    private mutating func siftDown(from start: Int) {
        var position = start
        let list = lists[position]
        while true {
            var child = 2 * position + 1
            guard child < lists.count else { break }
            if child + 1 < lists.count, precedes(lists[child + 1], lists[child]) { child += 1 }
            guard precedes(lists[child], list) else { break }
            place(lists[child], at: position)
            position = child
        }
        place(list, at: position)
    }

    private mutating func place(_ list: TimerList, at position: Int) {
        lists[position] = list
        list.position = position
    }

    private func precedes(_ one: TimerList, _ other: TimerList) -> Bool {
        (one.expiry, one.id) < (other.expiry, other.id)
    }
}
