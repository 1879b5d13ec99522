import Synchronization
import UVCore

/// Runs an exercise's Swift side in this process and writes down what its loop does. What it prints is kept.
///
/// An exercise has one loop; of one that has several the first is recorded.
final class Recorder: Sendable {
    private struct State {
        var tracer: LoopTracer?
        var trace: LoopTrace?
        var lines: [Timeline.Placed] = []
        /// What waited when a callback had ended, by its number.
        var rests: [Int: LoopQueues] = [:]
    }

    /// The one that records now.
    static var current: Recorder? { running.withLock { $0 } }

    private static let running = Mutex<Recorder?>(nil)
    private let state = Mutex(State())

    /// Runs the exercise to its end.
    static func record(_ exercise: Exercise) -> Timeline {
        let recorder = Recorder()
        running.withLock { $0 = recorder }
        EventLoop.observer = EventLoop.Observer {
            recorder.begin($0)
        } didCall: {
            recorder.note($0.queues)
        } didEnd: { _ in
            recorder.end()
        }
        let code = exercise.run()
        EventLoop.observer = nil
        running.withLock { $0 = nil }
        return recorder.state.withLock { Timeline($0.trace, $0.lines, rests: $0.rests, exitCode: code) }
    }

    @LoopActor
    private func begin(_ loop: EventLoop) {
        let tracer = loop.monitor.startTrace()
        state.withLock { if $0.tracer == nil { $0.tracer = tracer } }
    }

    /// Keeps what waits behind the latest callback. A phase that has called nothing tells of it once more.
    @LoopActor
    private func note(_ rest: LoopQueues) {
        state.withLock { state in
            guard let callback = state.tracer?.callbacksBegun, state.rests[callback] == nil else { return }
            state.rests[callback] = rest
        }
    }

    @LoopActor
    private func end() {
        state.withLock { if $0.trace == nil { $0.trace = $0.tracer?.read() } }
    }

    /// Keeps what was printed, at this line of the program.
    func add(_ text: String, at source: Int) {
        var (place, queues): (Int?, LoopQueues?) = (nil, nil)
        if EventLoop.runsHere {
            LoopActor.assumeIsolated {
                place = state.withLock { $0.tracer }?.callbacksBegun
                queues = EventLoop.current.queues
            }
        }
        let line = Timeline.Line(text: text, source: source, queues: queues)
        state.withLock { $0.lines.append(Timeline.Placed(callback: place, line: line)) }
    }
}
