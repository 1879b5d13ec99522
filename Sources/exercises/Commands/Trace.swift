import ArgumentParser
import UVCore

struct Trace: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run an exercise and show which turn, phase and callback each line came from.",
        discussion: """
            A row is a callback of the Swift side, with the ticks and microtasks that ran behind it. Beside what it \
            printed stands what Node prints, whose loop turns in the same way. Callbacks that print nothing have their \
            row too.
            """)

    @Argument(help: "The exercise's number.")
    var number: String

    func run() throws {
        let exercise = try Catalogue.exercise(number)
        let screen = Screen()
        print(screen.bold("\(exercise.number)  \(exercise.title)") + "\n")
        guard flush() else { return }
        let timeline = Recorder.record(exercise)
        let theirs = Node.lines(of: exercise)
        print(TimelineTable(timeline, beside: theirs ?? exercise.recorded).text(on: screen, isRecorded: theirs == nil))
        print("\n" + screen.prose(exercise.why))
    }
}

extension Node {
    /// What the exercise's Node side prints; nil where Node 20 is not installed.
    nonisolated fileprivate static func lines(of exercise: Exercise) -> [String]? {
        let result = Outcome()
        _ = EventLoop.run { loop in
            try loop.endPlainly()
            loop.spawn { result.lines = try await Node.find(on: loop)?.lines(of: exercise) }
        }
        return result.lines
    }

    private final class Outcome: @unchecked Sendable {
        var lines: [String]?
    }
}
