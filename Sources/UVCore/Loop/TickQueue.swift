/// The callbacks of ``EventLoop/nextTick(_:)``, first in, first out.
///
/// ```
/// places   ▁ ▁ ▁ c d e ▁        those before `first` were taken, those from `end` on are free
///                ▲     ▲
///              first  end       all taken: both begin anew at the first place
/// ```
///
/// Most ticks find the queue empty, and then this costs half of what a deque does.
struct TickQueue {
    private var places: [Tick] = []
    private var first = 0
    private var end = 0

    /// The places that are kept for the next ticks.
    private static let kept = 256

    var isEmpty: Bool { first == end }

    var count: Int { end - first }

    /// - Complexity: O(1), amortised.
    @inline(__always)
    mutating func append(_ tick: consuming Tick) {
        if end == places.count { makePlace() }
        places[end] = tick
        end &+= 1
    }

    private mutating func makePlace() {
        // Ticks that queue ticks may never let it run empty.
        if first > places.count / 2 {
            places.removeFirst(first)
            (first, end) = (0, places.count)
        }
        places.append(.none)
    }

    /// Takes out the oldest one.
    ///
    /// - Precondition: there is one.
    /// - Complexity: O(1).
    @inline(__always)
    mutating func removeFirst() -> Tick {
        var tick = Tick.none
        swap(&tick, &places[first])
        first &+= 1
        if first == end { beginAnew() }
        return tick
    }

    @inline(__always)
    private mutating func beginAnew() {
        (first, end) = (0, 0)
        if places.count > Self.kept { places = [] }
    }

    mutating func removeAll() { self = TickQueue() }
}
