/// Writes down what the loop does, from ``LoopMonitor/startTrace()`` until ``stop()``.
///
/// All tracers read one ring of ``capacity`` records, which is there only as long as one of them is: while none is, a
/// callback costs one comparison more than nothing. A record is a poll or a callback.
///
/// ```swift
/// let tracer = loop.monitor.startTrace()
/// loop.setTimeout(.milliseconds(500)) {
///     for turn in tracer.read().turns { print(turn.start, turn.callbacks.map(\.kind)) }
///     tracer.stop()
/// }
/// ```
@LoopActor
public final class LoopTracer {
    /// The records that the ring holds, of 32 bytes each.
    public static var capacity: Int { TraceRing.capacity }

    private let loop: EventLoop
    private let start: Int64
    private var position: Int
    private let callbacksBefore: Int
    private var isStopped = false

    init(loop: EventLoop) {
        self.loop = loop
        let ring = loop.beginTracing()
        start = ring.now
        position = ring.count
        callbacksBefore = ring.callbacks
    }

    /// What was written down since the beginning, or since the last call. What has not ended is not in it. O(records).
    ///
    /// Nothing after ``stop()``.
    public func read() -> LoopTrace {
        guard !isStopped, let ring = loop.traceRing else { return LoopTrace(turns: [], lost: 0) }
        let first = max(position, ring.count - TraceRing.capacity)
        var assembly = TraceAssembly(start: start)
        for index in first..<ring.count { assembly.add(ring[index]) }
        defer { position = ring.count }
        return LoopTrace(turns: assembly.turns, lost: first - position)
    }

    func begun() -> Int { (loop.traceRing?.callbacks ?? callbacksBefore) - callbacksBefore }

    /// Lets go of the ring. Silent the second time.
    public func stop() {
        guard !isStopped else { return }
        isStopped = true
        loop.endTracing()
    }
}

extension LoopMonitor {
    /// Begins to write down what the loop does, see ``LoopTracer``.
    public func startTrace() -> LoopTracer { LoopTracer(loop: loop) }
}

/// Makes turns of records.
private struct TraceAssembly {
    let start: Int64
    var turns: [LoopTrace.Turn] = []

    mutating func add(_ record: TraceRecord) {
        switch record.content {
        case .poll(let iteration, let wake):
            turns.append(
                LoopTrace.Turn(
                    iteration: iteration, start: time(record.start), slept: .nanoseconds(record.length), wokenBy: wake))
        case .callback(let kind, let phase, let ticks, let microtasks):
            if turns.isEmpty {
                turns.append(LoopTrace.Turn(iteration: nil, start: time(record.start), slept: .zero, wokenBy: .other))
            }
            turns[turns.count - 1].add(
                LoopTrace.Callback(
                    kind: kind, phase: phase, start: time(record.start), length: .nanoseconds(record.length),
                    ticks: Int(ticks), microtasks: Int(microtasks)))
        }
    }

    private func time(_ nanoseconds: Int64) -> Duration { .nanoseconds(nanoseconds - start) }
}

extension LoopTrace.Turn {
    fileprivate mutating func add(_ callback: LoopTrace.Callback) {
        if callbacks.isEmpty, wokenBy == .other, callback.phase == .poll { wokenBy = .event(callback.kind) }
        callbacks.append(callback)
    }
}
