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
        } didEnd: { _ in
            recorder.end()
        }
        let code = exercise.run()
        EventLoop.observer = nil
        running.withLock { $0 = nil }
        return recorder.state.withLock { Timeline($0.trace, $0.lines, exitCode: code) }
    }

    @LoopActor
    private func begin(_ loop: EventLoop) {
        let tracer = loop.monitor.startTrace()
        state.withLock { if $0.tracer == nil { $0.tracer = tracer } }
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
