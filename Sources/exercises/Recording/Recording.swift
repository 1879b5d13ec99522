import UVCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A timeline as JSON, a step a line: what the server's page at `/loop` plays.
struct Recording {
    private let timeline: Timeline

    init(of timeline: Timeline) { self.timeline = timeline }

    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func lines(_ values: [some Encodable]) throws -> String {
            try values.map { String(decoding: try encoder.encode($0), as: UTF8.self) }.joined(separator: ",\n")
        }
        let steps = try lines(timeline.steps.filter(\.isWorthShowing).map(Step.init))
        let elsewhere = try lines(timeline.elsewhere.map(Line.init))
        return """
            {"exitCode":\(timeline.exitCode),
            "steps":[
            \(steps)],
            "elsewhere":[\(elsewhere)]}
            """
    }

    private struct Step: Encodable {
        let turn: Int?
        let phase, kind: String
        let ticks, microtasks: Int
        let printed: [Line]
        /// What waited behind it, of a step that prints nothing.
        let rest: Queues?

        init(_ step: Timeline.Step) {
            (turn, phase, kind) = (step.turn, step.phase.rawValue, step.kind.rawValue)
            (ticks, microtasks) = (step.ticks, step.microtasks)
            printed = step.lines.map(Line.init)
            rest = step.lines.isEmpty ? step.rest.map(Queues.init) : nil
        }
    }

    private struct Line: Encodable {
        let text: String
        let source: Int
        let waiting: Queues?

        init(_ line: Timeline.Line) {
            (text, source, waiting) = (line.text, line.source, line.queues.map(Queues.init))
        }
    }

    private struct Queues: Encodable {
        struct Timeouts: Encodable {
            let ms: Int64
            let count: Int
        }

        let ticks, microtasks, immediates: Int
        let timeouts: [Timeouts]

        init(_ queues: LoopQueues) {
            (ticks, microtasks, immediates) = (queues.ticks, queues.microtasks, queues.immediates)
            timeouts = queues.timeouts.map { Timeouts(ms: $0.milliseconds, count: $0.count) }
        }
    }
}
