import UVCore

/// A moment of a recorded run: what runs, where in the program, and what waits.
struct Frame {
    private let place: String
    private let line: Timeline.Line?
    private let queues: LoopQueues?
    private let printed: [String]

    /// A line that is printed is a moment, and a callback that prints none.
    static func all(of timeline: Timeline) -> [Frame] {
        var frames: [Frame] = []
        var printed: [String] = []
        func add(_ place: String, _ line: Timeline.Line) {
            printed.append(line.text)
            frames.append(Frame(place: place, line: line, queues: line.queues, printed: printed))
        }
        for step in timeline.steps where step.isWorthShowing {
            for line in step.lines { add(step.place, line) }
            if step.lines.isEmpty {
                frames.append(Frame(place: step.place, line: nil, queues: step.rest, printed: printed))
            }
        }
        for line in timeline.elsewhere { add("on another thread", line) }
        return frames
    }

    func text(of source: SourceText, on screen: Screen) -> String {
        var parts = [screen.bold(place)]
        if let line { parts.append(program(source, line.source, screen)) }
        if let queues { parts.append(waiting(queues, screen)) }
        parts.append(output(screen))
        return parts.joined(separator: "\n\n")
    }

    /// The program about the line, with a mark at it.
    private func program(_ source: SourceText, _ current: Int, _ screen: Screen) -> String {
        let lines = source.text.split(separator: "\n", omittingEmptySubsequences: false)
        return (max(1, current - 6)...min(lines.count, current + 6)).map { number in
            let line = "\(String(number).leftPadded(to: 4))  \(lines[number - 1])"
            return number == current ? screen.green("▶ " + line) : "  " + line
        }.joined(separator: "\n")
    }

    private func waiting(_ queues: LoopQueues, _ screen: Screen) -> String {
        let timeouts = queues.timeouts.map { "\($0.count) of \($0.milliseconds) ms" }.joined(separator: ", ")
        let rows = [
            ("ticks", count(queues.ticks)), ("microtasks", count(queues.microtasks)),
            ("immediates", count(queues.immediates)),
            ("timeouts", timeouts.isEmpty ? "–" : timeouts),
        ]
        return screen.faint("  waiting\n") + rows.map { "  \($0.padded(to: 12))\($1)" }.joined(separator: "\n")
    }

    private func count(_ number: Int) -> String { number == 0 ? "–" : String(number) }

    private func output(_ screen: Screen) -> String {
        guard let latest = printed.last else { return screen.faint("  nothing is printed yet") }
        let earlier = printed.dropLast().suffix(8).map { "  \($0)\n" }.joined()
        return screen.faint("  printed\n") + earlier + (line == nil ? "  \(latest)" : screen.green("▶ \(latest)"))
    }
}

extension Timeline.Step {
    fileprivate var place: String {
        guard phase != .outside else { return "the main program" }
        return turn.map { "turn \($0), \(phase.rawValue): \(kind.rawValue)" } ?? "\(phase.rawValue): \(kind.rawValue)"
    }
}
