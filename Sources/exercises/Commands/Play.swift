import ArgumentParser

struct Play: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Step through an exercise: the line that prints, and what waits in the loop's queues then.",
        discussion: """
            The exercise runs first, and is then shown step by step, forwards and backwards: return for the next step, b \
            for the one before, q for the end. A step is a line that is printed, or a callback that prints none.
            """)

    @Argument(help: "The exercise's number.")
    var number: String

    func run() throws {
        let exercise = try Catalogue.exercise(number)
        let screen = Screen()
        let frames = Frame.all(of: Recorder.record(exercise))
        var index = 0
        while index < frames.count {
            let step = "step \(index + 1) of \(frames.count)"
            print(screen.bold("\n\(exercise.number)  \(exercise.title)") + screen.faint("   \(step)\n"))
            print(frames[index].text(of: exercise.swift, on: screen))
            print(screen.faint("\nreturn: on   b: back   q: quit > "), terminator: "")
            guard flush(), let answer = readLine() else { break }
            switch answer.trimmedASCII {
            case "q": return
            case "b": index = max(0, index - 1)
            default: index += 1
            }
        }
        print("\n" + screen.prose(exercise.why))
    }
}

extension String {
    fileprivate var trimmedASCII: String { String(drop { $0 == " " }.prefix { $0 != " " }) }
}
