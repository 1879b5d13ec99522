/// A callback that waits for its time. Made by `EventLoop.setTimeout` and `EventLoop.setInterval`.
///
/// It keeps its callback until it is cancelled, since ``refresh()`` may need it. So an object that holds a timeout, and
/// is held by its callback, should cancel it or let it go when it has fired.
@LoopActor
public final class Timeout {
    /// What `EventLoop.setTimeout` takes at most: 2³¹ − 1 ms, about 25 days.
    static let longestDelay = Duration.milliseconds(Int64(Int32.max))

    /// The delay in force: what was asked for, or 1 ms where that lies outside 1 ms to 2³¹ − 1 ms.
    public let delay: Duration

    /// The delay in whole milliseconds: which list the timeout stands in.
    let milliseconds: Int64
    let repeats: Bool

    /// Nil once cancelled.
    private(set) var callback: (() throws -> Void)?

    /// When the delay began, in the loop's time.
    var start: Int64 = 0

    /// Whether it keeps the loop alive while it waits.
    public private(set) var hasRef = true

    /// True from arming until it has fired for the last time or was cancelled; what ``hasRef`` counts for.
    private(set) var isArmed = false

    /// The list it stands in, linked through the timeouts themselves so that cancelling is O(1). The list owns one
    /// reference to each member, counted in `TimerList`, and the queue owns each list that has members; these links count
    /// nothing.
    struct Place {
        unowned(unsafe) var list: TimerList?
        unowned(unsafe) var previous: Timeout?
        unowned(unsafe) var next: Timeout?
    }

    // Unchecked for exclusive access: each access is one load or store.
    @exclusivity(unchecked) var place = Place()

    private let timers: TimerQueue

    init(_ delay: Duration, repeats: Bool, _ callback: @escaping () throws -> Void, in timers: TimerQueue) {
        self.delay = max(delay, .milliseconds(1))
        // Half of what fits, so that adding the time of the clock never overflows.
        self.milliseconds = min(self.delay.wholeMilliseconds, .max / 2)
        self.repeats = repeats
        self.callback = callback
        self.timers = timers
        arm()
    }

    /// Makes the callback one that is called with the timeout. It does not hold it: the list does, until it has fired.
    func calling(_ callback: @escaping (Timeout) throws -> Void) -> Timeout {
        self.callback = { [unowned self] in try callback(self) }
        return self
    }

    /// Takes the timeout back. Silent when it has fired, or was cancelled before.
    ///
    /// - Complexity: O(1), or O(log d) with d delays in use when it was the last of its delay.
    public func cancel() {
        guard callback != nil else { return }
        callback = nil
        timers.remove(self)
        disarm()
    }

    /// Begins the delay anew, also after it has fired. Silent when cancelled.
    ///
    /// - Complexity: as `EventLoop.setTimeout`.
    @discardableResult
    public func refresh() -> Timeout {
        if callback != nil { arm() }
        return self
    }

    /// Lets it keep the loop alive (again).
    @discardableResult
    public func ref() -> Timeout {
        if !hasRef {
            hasRef = true
            if isArmed { timers.countReference() }
        }
        return self
    }

    /// Lets the loop end without it.
    @discardableResult
    public func unref() -> Timeout {
        if hasRef {
            hasRef = false
            if isArmed { timers.dropReference() }
        }
        return self
    }

    private func arm() {
        guard timers.isOpen else { return }
        timers.insert(self, startingAt: timers.updateNow())
        guard !isArmed else { return }
        isArmed = true
        if hasRef { timers.countReference() }
    }

    private func disarm() {
        guard isArmed else { return }
        isArmed = false
        if hasRef { timers.dropReference() }
    }

    /// Runs the callback; afterwards an interval is armed again, from the time just before the call.
    func fire() throws {
        let start = repeats ? timers.updateNow() : 0
        defer {
            if repeats, callback != nil {
                timers.insert(self, startingAt: start)
            } else if place.list == nil {
                // Not refreshed by its own callback.
                disarm()
            }
        }
        try callback?()
    }
}
