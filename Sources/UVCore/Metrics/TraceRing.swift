/// The latest records of a trace, in memory of a fixed size.
@LoopActor
final class TraceRing {
    static let capacity = 16_384

    /// The records that were written so far, those that were overwritten included.
    private(set) var count = 0

    /// The callbacks that have begun.
    private(set) var callbacks = 0

    private var records: [TraceRecord] = []

    /// The callback, or the poll, that is under way.
    private var open: TraceRecord?

    /// What the loop had counted when it began.
    private var before = LoopCounts()

    /// How many tracers read it.
    var tracers = 0

    private let clock: LoopClock

    init(clock: LoopClock) { self.clock = clock }

    var now: Int64 { clock.nanoseconds }

    /// The record with the number `index`, one of the latest ``capacity``.
    subscript(index: Int) -> TraceRecord { records[index % Self.capacity] }

    /// What is under way has ended, and `content` begins.
    func begin(_ content: TraceRecord.Content, _ counts: LoopCounts) {
        let now = self.now
        close(at: now, counts)
        open = TraceRecord(start: now, length: 0, content: content)
        if case .callback = content { callbacks += 1 }
        before = counts
    }

    /// What is under way has ended.
    func end(_ counts: LoopCounts) {
        if open != nil { close(at: now, counts) }
    }

    /// The poll that is under way has ended, for this reason. Silent where none is.
    func endPoll(_ wake: LoopTrace.Wake, _ counts: LoopCounts) {
        guard case .poll(let iteration, _) = open?.content else { return }
        open?.content = .poll(iteration: iteration, wake)
        close(at: now, counts)
    }

    private func close(at now: Int64, _ counts: LoopCounts) {
        guard var record = open else { return }
        open = nil
        record.length = now - record.start
        if case .callback(let kind, let phase, _, _) = record.content {
            record.content = .callback(
                kind, phase, ticks: UInt32(clamping: counts.ticks &- before.ticks),
                microtasks: UInt32(clamping: counts.microtasks &- before.microtasks))
        }
        if records.count < Self.capacity { records.append(record) } else { records[count % Self.capacity] = record }
        count += 1
    }
}

/// A poll or a callback, in nanoseconds of the clock.
struct TraceRecord {
    enum Content {
        case poll(iteration: UInt64, LoopTrace.Wake)
        case callback(LoopCallback, LoopPhase, ticks: UInt32, microtasks: UInt32)
    }

    var start: Int64
    var length: Int64
    var content: Content
}

extension EventLoop {
    /// Counts a callback that begins.
    @inline(__always)
    func countCallback(_ kind: LoopCallback, in phase: LoopPhase) {
        state.counts.callbacks.count(phase)
        if state.isTraced { traceCallback(kind, phase) }
    }

    /// Something that ``countCallback(_:in:)`` began has ended, unless another one has begun since.
    @inline(__always)
    func callbackEnded() {
        if state.isTraced { traceEnd() }
    }

    @inline(never)
    private func traceCallback(_ kind: LoopCallback, _ phase: LoopPhase) {
        traceRing?.endPoll(.other, state.counts)
        traceRing?.begin(.callback(kind, phase, ticks: 0, microtasks: 0), state.counts)
    }

    @inline(never)
    private func traceEnd() {
        traceRing?.end(state.counts)
        Self.observer?.didCall(self)
    }

    @inline(never)
    func tracePoll() {
        traceRing?.begin(.poll(iteration: state.counts.iterations, .other), state.counts)
    }

    /// The poll has returned, or the check phase begins, without a callback.
    @inline(never)
    func tracePollEnd() {
        let wake: LoopTrace.Wake =
            if state.pollReasons > 0 { .immediates } else if timers.isDue { .timeout } else { .other }
        traceRing?.endPoll(wake, state.counts)
    }

    func beginTracing() -> TraceRing {
        let ring = traceRing ?? TraceRing(clock: clock)
        ring.tracers += 1
        traceRing = ring
        state.isTraced = true
        return ring
    }

    func endTracing() {
        guard let ring = traceRing else { return }
        ring.tracers -= 1
        guard ring.tracers == 0 else { return }
        traceRing = nil
        state.isTraced = false
    }
}
