import CLibUV

/// Where the loop's timers get the time from.
public enum LoopClock: Sendable {
    /// The machine's monotonic clock, by way of `uv_now`.
    case system

    /// A clock that a test moves.
    case manual(ManualClock)
}

/// A clock that stands still until a test moves it, for tests that are exact instead of patient.
///
/// Timers become due when the clock has been advanced past them, at the end of the loop's iteration as usual. When
/// timers are all that keeps the loop alive, nothing else could ever move the clock, so the loop moves it to the next
/// timer by itself.
@LoopActor
public final class ManualClock {
    /// Milliseconds since the clock was made.
    public private(set) var milliseconds: Int64 = 0

    /// A clock that shows 0 and stands still.
    public nonisolated init() {}

    /// Moves the clock forward. A negative duration does nothing: the clock is monotonic.
    public func advance(by duration: Duration) {
        let (sum, isTooLarge) = milliseconds.addingReportingOverflow(max(0, duration.wholeMilliseconds))
        milliseconds = isTooLarge ? .max / 2 : sum
    }

    func jump(to time: Int64) { milliseconds = max(milliseconds, time) }
}

extension LoopClock {
    /// The time now, not as the loop last took it, from an arbitrary point. See `uv_hrtime`.
    var nanoseconds: Int64 {
        @LoopActor get {
            switch self {
            case .system: Int64(truncatingIfNeeded: uv_hrtime())
            // So far from the end that sums have room.
            case .manual(let clock): min(clock.milliseconds, .max / 2_000_000) * 1_000_000
            }
        }
    }
}

extension Duration {
    /// Milliseconds, cut to a whole number towards zero, held within `Int64`.
    package var wholeMilliseconds: Int64 {
        let magnitude = attoseconds.magnitude
        let (high, low) = (UInt64(truncatingIfNeeded: magnitude >> 64), UInt64(truncatingIfNeeded: magnitude))
        // One instruction, where `components` takes two divisions of 128 bits.
        let attosecondsPerMillisecond: UInt64 = 1_000_000_000_000_000
        let limit: Int64 = attoseconds < 0 ? .min : .max
        guard high < attosecondsPerMillisecond,
            let milliseconds = Int64(exactly: attosecondsPerMillisecond.dividingFullWidth((high, low)).quotient)
        else { return limit }
        return attoseconds < 0 ? -milliseconds : milliseconds
    }
}
