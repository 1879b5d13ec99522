import UVCore
import UVHTTP

/// Counts what the log was given to keep, and how long that took.
struct AppendTally {
    private(set) var appends = 0
    private(set) var events = 0
    private(set) var failures = 0
    /// How many appends took how long, by the bounds of `RequestTally`.
    private(set) var spans = [Int](repeating: 0, count: RequestTally.bounds.count + 1)
    private var nanoseconds = 0

    var milliseconds: Int { nanoseconds / 1_000_000 }

    /// An append was kept.
    ///
    /// - Parameter time: Nanoseconds.
    mutating func keep(_ count: Int, in time: Int64) {
        appends &+= 1
        events &+= count
        nanoseconds &+= Int(max(0, time))
        spans[RequestTally.bounds.firstIndex { time <= $0 * 1_000_000 } ?? RequestTally.bounds.count] &+= 1
    }

    /// The log has kept events at once, which takes no time of its own.
    mutating func keepAtOnce(_ count: Int) {
        appends &+= 1
        events &+= count
        spans[0] &+= 1
    }

    /// An append was not kept, or it is not known whether it was.
    mutating func fail() { failures &+= 1 }
}
