import UVCore

/// What a program's loop did, callback by callback, and what was printed in each.
struct Timeline: Sendable {
    /// A line that the program printed.
    struct Line: Sendable {
        let text: String
        /// The line of the source that printed it.
        let source: Int
        /// What waited in the loop's queues then; nil on another thread.
        let queues: LoopQueues?
    }

    /// A line, and the callback that had begun last when it was printed: the first has number 1.
    struct Placed: Sendable {
        let callback: Int?
        let line: Line
    }

    /// A callback, with the queues that drained behind it; or the main program.
    struct Step: Sendable {
        /// The number of the turn; nil before the first one.
        let turn: Int?
        let phase: LoopPhase
        let kind: LoopCallback
        let ticks: Int
        let microtasks: Int
        /// What waited behind all that; nil where another callback followed in the same batch.
        let rest: LoopQueues?
        var lines: [Line] = []

        /// Nothing comes of the end of a handle that the program does not listen to.
        var isWorthShowing: Bool {
            !lines.isEmpty || kind != .close && kind != .beforeExit || ticks + microtasks > 0
        }
    }

    /// What was printed by other threads, or when no loop ran.
    private(set) var elsewhere: [Line] = []
    private(set) var steps: [Step] = []
    let exitCode: Int32

    /// - Parameters:
    ///   - trace: Of the whole program. Nil of one that ran no loop.
    ///   - rests: What waited when a callback had ended: the first has number 1.
    init(_ trace: LoopTrace?, _ lines: [Placed], rests: [Int: LoopQueues], exitCode: Int32) {
        self.exitCode = exitCode
        for turn in trace?.turns ?? [] {
            for callback in turn.callbacks {
                steps.append(
                    Step(
                        turn: turn.iteration.map { Int(clamping: $0) }, phase: callback.phase, kind: callback.kind,
                        ticks: callback.ticks, microtasks: callback.microtasks, rest: rests[steps.count + 1]))
            }
        }
        for placed in lines {
            if let index = placed.callback.map({ $0 - 1 }), steps.indices.contains(index) {
                steps[index].lines.append(placed.line)
            } else {
                elsewhere.append(placed.line)
            }
        }
    }
}
