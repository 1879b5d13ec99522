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

    @exclusivity(unchecked) private unowned(unsafe) var last: Timeout?
    @exclusivity(unchecked) private(set) unowned(unsafe) var first: Timeout?

    init(milliseconds: Int64, expiry: Int64, id: UInt64) {
        self.milliseconds = milliseconds
        self.expiry = expiry
        self.id = id
    }

    var isEmpty: Bool { first == nil }

    func append(_ timeout: Timeout) {
        // +1 for membership; the -1 is in `remove`.
        _ = Unmanaged.passRetained(timeout)
        timeout.list = self
        timeout.previous = last
        timeout.next = nil
        if let last { last.next = timeout } else { first = timeout }
        last = timeout
    }

    func remove(_ timeout: Timeout) {
        if let previous = timeout.previous { previous.next = timeout.next } else { first = timeout.next }
        if let next = timeout.next { next.previous = timeout.previous } else { last = timeout.previous }
        timeout.previous = nil
        timeout.next = nil
        timeout.list = nil
        // -1 for membership, which `append` counted.
        Unmanaged.passUnretained(timeout).release()
    }
}
