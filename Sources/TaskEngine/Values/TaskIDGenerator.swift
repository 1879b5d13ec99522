/// Makes ids that ascend, whatever the clock does: UUID version 7 with a counter (RFC 9562 sections 5.7 and 6.2,
/// method 1, "fixed bit-length dedicated counter").
///
/// ```
///  48 bits           4   12 bits   2   62 bits
///  milliseconds      7   counter   2   random
/// ```
///
/// The counter starts at zero in each new millisecond. While the clock stands still or runs backwards, the last
/// millisecond is kept and the counter goes on; past 4,095 the millisecond is moved on by one ahead of the clock. The
/// random bits make an id hard to guess, they are not needed for the order.
///
/// The generator is a value without a clock or randomness of its own: the same calls give the same ids.
public struct TaskIDGenerator: Sendable, Hashable {
    private var milliseconds: UInt64
    private var counter: UInt64

    /// A generator whose first id is above `last`.
    ///
    /// - Parameter last: the highest id given before, so that a restart goes on above it even with the clock set back.
    public init(after last: TaskID? = nil) {
        milliseconds = (last?.high ?? 0) >> 16
        // An id from elsewhere, of a higher version, is above all of its millisecond.
        let isOfHigherVersion = (last?.high ?? 0) >> 12 & 0xf > 7
        counter = isOfHigherVersion ? Self.counterLimit : (last?.high ?? 0) & Self.counterLimit
    }

    /// Makes the next id, above every one this generator has made or was told of.
    ///
    /// A time outside the 48 bits of a version 7 id (before 1970, or after the year 10889) counts as the nearest one
    /// inside.
    ///
    /// - Parameters:
    ///   - time: the clock's reading.
    ///   - random: fresh random bits, of which 62 are used.
    public mutating func next(at time: Timestamp, random: UInt64) -> TaskID {
        let clock = min(UInt64(clamping: time.milliseconds), Self.millisecondsLimit)
        if clock > milliseconds {
            milliseconds = clock
            counter = 0
        } else if counter < Self.counterLimit {
            counter += 1
        } else {
            precondition(milliseconds < Self.millisecondsLimit, "no id is left above \(milliseconds) ms")
            milliseconds += 1
            counter = 0
        }
        return TaskID(high: milliseconds << 16 | 7 << 12 | counter, low: 0b10 << 62 | random >> 2)
    }

    /// Whether there are more ids above `id` than a server will ever give, 2⁵² of them: an id that comes from elsewhere is
    /// to be asked this, for a generator that goes on above it.
    public static func hasRoom(above id: TaskID) -> Bool { id.high >> 16 < millisecondsLimit - (1 << 40) }

    private static let counterLimit: UInt64 = 0xfff
    private static let millisecondsLimit: UInt64 = 0xffff_ffff_ffff
}
