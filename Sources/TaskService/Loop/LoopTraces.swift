import UVCore
import UVHTTP

/// What the loop does for a time, turn by turn: `GET /tasks/system/loop/trace?ms=`.
///
/// The answer comes when the time is over. A busy server makes more turns than the ring of a trace holds: then the answer
/// has the latest, and says how many records it has not.
@LoopActor
final class LoopTraces: ServerPart {
    /// The longest time that one answer may be about.
    static let longest = 5_000

    /// Traces under way at a time. Each one's answer costs the loop a few milliseconds.
    static let limit = 4

    private var running = 0

    func addRoutes(to router: Router, behind gates: Gates) {
        router.get("/tasks/system/loop/trace", through: gates.heavyWork) { [self] request, response in
            guard let ms = response.parameter("ms", of: request, in: 1...Self.longest, default: 500) else { return }
            guard running < Self.limit else {
                response.setHeader(.retryAfter, "1")
                return response.end(.serviceUnavailable, "\(Self.limit) traces are under way; try again.")
            }
            trace(ms, for: response)
        }
    }

    private func trace(_ ms: Int, for response: ServerResponse) {
        let loop = EventLoop.current
        let tracer = loop.monitor.startTrace()
        running += 1
        var isUnderWay = true
        let end = { [self] in
            guard isUnderWay else { return }
            isUnderWay = false
            running -= 1
            tracer.stop()
        }
        let timeout = loop.setTimeout(.milliseconds(ms)) {
            let trace = tracer.read()
            end()
            Self.send(trace, ms, to: response)
        }
        // A client that has left gets no answer.
        response.whenClosed {
            timeout.cancel()
            end()
        }
    }

    private static func send(_ trace: LoopTrace, _ ms: Int, to response: ServerResponse) {
        let beginning = JSONText.beginning { json in
            json.member(requestIDOf: response)
            json.member("pid", Int(EventLoop.processID))
            json.member("ms", ms)
            json.member("lost", trace.lost)
            json.beginArray("turns")
        }
        var position = 0
        let source: TaskArray.Source = { json in
            while position < trace.turns.count, json.bytes.count < TaskArray.pieceSize {
                json.object { $0.turn(trace.turns[position]) }
                position += 1
            }
            return position < trace.turns.count
        }
        TaskArray.send(response, beginning: beginning, from: source, closing: "]}")
    }
}

extension JSONText {
    fileprivate mutating func turn(_ turn: LoopTrace.Turn) {
        if let iteration = turn.iteration { member("iteration", Int(clamping: iteration)) }
        member("startUs", turn.start.microseconds)
        member("sleptUs", turn.slept.microseconds)
        switch turn.wokenBy {
        case .event(let kind): member("wokenBy", kind.rawValue)
        case .timeout: member("wokenBy", constant: "timeout")
        case .immediates: member("wokenBy", constant: "immediates")
        case .other: member("wokenBy", constant: "other")
        }
        array("callbacks") { json in
            for callback in turn.callbacks { json.object { $0.callback(callback) } }
        }
    }

    private mutating func callback(_ callback: LoopTrace.Callback) {
        member("kind", callback.kind.rawValue)
        member("phase", callback.phase.rawValue)
        member("startUs", callback.start.microseconds)
        member("us", callback.length.microseconds)
        member("ticks", callback.ticks)
        member("microtasks", callback.microtasks)
    }
}

extension Duration {
    fileprivate var microseconds: Int { Int(self / .microseconds(1)) }
}
