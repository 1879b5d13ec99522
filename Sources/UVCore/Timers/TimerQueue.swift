import CLibUV

/// All timeouts of a loop, as Node keeps them: one list for each delay, a heap of the lists, and one `uv_timer` for the
/// earliest.
///
/// A list is in order by itself, since all its members wait equally long. So arming is O(1) once a delay is in use, and
/// cancelling is O(1), however many timeouts wait.
@LoopActor
final class TimerQueue {
    private struct State {
        var lists: [Int64: TimerList] = [:]
        var heap = TimerListHeap()
        var nextListID: UInt64 = 0

        /// Armed timeouts that keep the loop alive.
        var references = 0

        /// When the wake-up is set for; nil when it is not set.
        var wakeUp: Int64?

        /// The earliest expiry that the wake-up is known to serve. None during a pass, as in Node: whatever is armed then
        /// sets the wake-up, and the pass's end sets it anew.
        var nextExpiry = Int64.max
    }

    // Unchecked for exclusive access: no callback runs while a part of it is being changed.
    @exclusivity(unchecked) private var state = State()

    private let timer: Handle
    private let loop: UnsafeMutablePointer<uv_loop_t>
    private let clock: LoopClock

    init(wakingBy timer: Handle, loop: UnsafeMutablePointer<uv_loop_t>, clock: LoopClock) {
        self.timer = timer
        self.loop = loop
        self.clock = clock
    }

    /// The time in milliseconds as the loop last took it.
    var cachedNow: Int64 {
        switch clock {
        case .system where !isOpen: 0
        case .system: Int64(truncatingIfNeeded: uv_now(loop))
        case .manual(let clock): clock.milliseconds
        }
    }

    /// Takes the time anew, as Node does whenever a timeout is armed.
    func updateNow() -> Int64 {
        if case .system = clock, isOpen { uv_update_time(loop) }
        return cachedNow
    }

    /// What waits, the shortest delay first. O(n).
    var waiting: [LoopQueues.Timeouts] {
        let lists = state.lists.values.filter { !$0.isEmpty }.sorted { $0.milliseconds < $1.milliseconds }
        return lists.map { LoopQueues.Timeouts(milliseconds: $0.milliseconds, count: $0.count) }
    }

    /// False when the loop has ended: then nothing is armed any more.
    var isOpen: Bool { timer.isOpen }

    // MARK: Members

    /// Puts `timeout` at the end of its list, from wherever it stood.
    func insert(_ timeout: Timeout, startingAt start: Int64) {
        timeout.place.list?.remove(timeout)
        timeout.start = start
        list(of: timeout.milliseconds, startingAt: start).append(timeout)
    }

    private func list(of milliseconds: Int64, startingAt start: Int64) -> TimerList {
        if let list = state.lists[milliseconds] { return list }
        let list = TimerList(milliseconds: milliseconds, expiry: start + milliseconds, id: takeListID())
        state.lists[milliseconds] = list
        state.heap.insert(list)
        if list.expiry < state.nextExpiry {
            schedule(after: milliseconds)
            state.nextExpiry = list.expiry
        }
        return list
    }

    func remove(_ timeout: Timeout) {
        // The one whose callback runs stands in no list, but takes its list along as others do.
        guard let list = timeout.place.list ?? (timeout.isArmed ? state.lists[timeout.milliseconds] : nil) else {
            return
        }
        timeout.place.list?.remove(timeout)
        // As in Node, an emptied list of unreferenced timeouts stays: its like is usually armed again soon.
        if list.isEmpty, timeout.hasRef { discard(list) }
    }

    private func discard(_ list: TimerList) {
        guard state.lists[list.milliseconds] === list else { return }
        state.lists[list.milliseconds] = nil
        state.heap.remove(list)
    }

    /// Cancels all, at the end of the loop: a callback usually holds its timeout, which holds it.
    func removeAll() {
        for list in state.lists.values {
            while let timeout = list.first { timeout.cancel() }
        }
        state.lists.removeAll()
        state.heap = TimerListHeap()
    }

    private func takeListID() -> UInt64 {
        defer { state.nextListID &+= 1 }
        return state.nextListID
    }

    func countReference() {
        state.references += 1
        if state.references == 1 { timer.ref() }
    }

    func dropReference() {
        state.references -= 1
        if state.references == 0 { timer.unref() }
    }

    // MARK: Waking

    private func schedule(after milliseconds: Int64) {
        state.wakeUp = cachedNow + milliseconds
        // With a manual clock the handle is only there to be alive; it must never wake the loop.
        let timeout: Int64 = if case .system = clock { milliseconds } else { .max }
        // Ending the wait is all that is left to do: the timeouts run after `uv_run`. `uv_stop` also keeps libuv 1.44,
        // which runs this callback before the poll, from blocking in it.
        uv_timer_start(
            timer.pointer(as: uv_timer_t.self), { @Sendable timer in uv_stop(timer?.pointee.loop) }, UInt64(timeout), 0)
    }

    /// Makes ready for the coming poll: this is where a manual clock jumps to the next timeout, if nothing else could ever
    /// wake the loop.
    ///
    /// - Returns: Whether the poll may wait.
    func beginPoll(of loop: EventLoop) -> Bool {
        guard case .manual(let clock) = clock, let wakeUp = state.wakeUp else { return true }
        timer.unref()
        let othersAlive = loop.isAlive
        if state.references > 0 { timer.ref() }
        if !othersAlive { clock.jump(to: wakeUp) }
        return clock.milliseconds < wakeUp
    }

    /// Whether a timeout ends the poll, as far as the loop knows the time.
    var isDue: Bool { if let due = state.wakeUp { due <= cachedNow } else { false } }

    // MARK: The timers phase

    /// Runs passes while the wake-up is due; the loop's time was just taken. A tick that arms a timeout takes it anew, so the
    /// timeouts that are scheduled for 1 ms later may be due by now: then there is another pass, as in libuv's
    /// `uv__run_timers`.
    func runWhileDue(_ loop: EventLoop) {
        while let due = state.wakeUp, due <= cachedNow, !loop.isExiting {
            state.wakeUp = nil
            // As libuv does before it calls back. Where the poll has not been waited in yet, the handle is still set, and
            // would end a wait that nothing else asks to end.
            uv_timer_stop(timer.pointer(as: uv_timer_t.self))
            runPass(loop)
        }
    }

    /// `Environment::RunTimers` of Node: lists that are due, the next wake-up, then the last callback's queues.
    private func runPass(_ loop: EventLoop) {
        let now = updateNow()
        loop.scope {
            var next: Int64?
            // After a throw the pass begins again, without draining the queues first.
            repeat { loop.attempt { next = try runLists(now, loop) } } while next == nil && !loop.isExiting
            if let next, next != .max { schedule(after: max(next - cachedNow, 1)) }
        }
        loop.callbackEnded()
    }

    /// `processTimers` of Node's `timers.js`. Returns the next expiry; `max` if there is none, or the program has ended.
    private func runLists(_ now: Int64, _ loop: EventLoop) throws -> Int64 {
        var isFirst = true
        state.nextExpiry = .max
        while !loop.isExiting, let list = state.heap.first {
            if list.expiry > now {
                state.nextExpiry = list.expiry
                return state.nextExpiry
            }
            if !isFirst { try loop.settle() }
            isFirst = false
            try run(list, now, loop)
        }
        return .max
    }

    /// `listOnTimeout` of Node's `timers.js`: all members of the list that are due, before any other list.
    private func run(_ list: TimerList, _ now: Int64, _ loop: EventLoop) throws {
        var isFirst = true
        while let timeout = list.first {
            if now - timeout.start < list.milliseconds {
                // It lies in the future of this pass, whatever the clock says by now.
                list.expiry = max(timeout.start + list.milliseconds, now + 1)
                list.id = takeListID()
                return state.heap.firstHasGrown()
            }
            if !isFirst { try loop.settle() }
            isFirst = false
            if loop.isExiting { return }
            // Cancelled by the queues that have just run.
            guard timeout.callback != nil else { continue }
            timeout.place.list?.remove(timeout)
            loop.countCallback(.timeout, in: .timers)
            try timeout.fire()
        }
        discard(list)
    }
}
