/// The identity of a task: a UUID, 16 bytes.
///
/// Ids that `TaskIDGenerator` makes ascend, so their order is the order in which the tasks were created. An id that a
/// client names as a dependency may be any UUID; whether a task of that name exists is another question.
public struct TaskID: Sendable, Hashable {
    /// The first eight bytes, in network byte order: in version 7 the time, the version and the counter.
    public let high: UInt64
    /// The last eight bytes, in network byte order: in version 7 the variant and the random bits.
    public let low: UInt64

    /// The id with these 16 bytes. Any are allowed, those of no UUID too.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

extension TaskID: Comparable {
    public static func < (left: TaskID, right: TaskID) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}
