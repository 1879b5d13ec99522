import Testing

@testable import UVHTTP

@Suite("RequestTimes: which time-out is next")
struct RequestTimesTests {
    private typealias Phase = RequestTimes.Phase
    private typealias Kind = HTTPClient.Timeouts.Kind

    /// A limit of its own for each thing.
    private var limits: HTTPClient.Timeouts {
        var limits = HTTPClient.Timeouts()
        limits.connect = .milliseconds(100)
        limits.head = .milliseconds(200)
        limits.idle = .milliseconds(300)
        limits.continue = .milliseconds(400)
        return limits
    }

    private func due(_ phase: Phase, _ limits: HTTPClient.Timeouts) -> (at: Int64, kind: Kind)? {
        var times = RequestTimes(at: 1_000)
        times.enter(phase, at: 2_000)
        return times.due(limits).map { ($0.at, $0.kind) }
    }

    @Test("Each phase has its own, from when it began")
    func phases() {
        let expected: [(Phase, Int64, Kind)] = [
            (.connecting, 2_100, .connect), (.sending, 2_300, .idle), (.held, 2_400, .continue), (.head, 2_200, .head),
            (.body, 2_300, .idle),
        ]
        for (phase, at, kind) in expected {
            let due = due(phase, limits)
            #expect(due?.at == at && due?.kind == kind, "\(phase)")
        }
    }

    @Test("A request in line, and one whose answer waits for its reader, have none but the whole time")
    func line() {
        for phase in [Phase.queued, .heldUp] {
            var limits = limits
            #expect(due(phase, limits) == nil)
            limits.whole = .seconds(5)
            let due = due(phase, limits)
            #expect(due?.at == 6_000 && due?.kind == .whole)
        }
    }

    @Test("The whole time counts from the call, and comes first where it is shorter")
    func whole() {
        var limits = limits
        limits.whole = .milliseconds(1_199)
        #expect(due(.head, limits)?.kind == .whole)
        limits.whole = .milliseconds(1_201)
        #expect(due(.head, limits)?.kind == .head)
    }

    @Test("What moves puts the idle time off, and no other")
    func progress() {
        for (phase, at) in [(Phase.body, Int64(2_350)), (.sending, 2_350), (.head, 2_200), (.connecting, 2_100)] {
            var times = RequestTimes(at: 1_000)
            times.enter(phase, at: 2_000)
            times.progress(at: 2_050)
            #expect(times.due(limits)?.at == at, "\(phase)")
        }
    }

    @Test("Without a limit there is none, and one that no clock reaches is none")
    func withoutEnd() {
        var limits = HTTPClient.Timeouts()
        (limits.connect, limits.head, limits.idle, limits.continue) = (nil, nil, nil, nil)
        for phase in [Phase.connecting, .sending, .held, .head, .body] { #expect(due(phase, limits) == nil) }
        limits.whole = .seconds(Int64.max)
        #expect(due(.head, limits)?.at == .max)
    }
}
