import ArgumentParser
import ProgramMain

/// The same program in Node and in Swift, side by side.
@main
struct Exercises: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exercises",
        abstract: "Node's event loop, exercise by exercise, in JavaScript and in Swift.",
        discussion: """
            Guess the order first, then look why it is what it is:

              exercises list
              exercises predict 01
              exercises compare 01
              exercises trace 01
              exercises play 01
            """,
        subcommands: [List.self, Show.self, Predict.self, Run.self, Compare.self, Trace.self, Play.self, Record.self])

    static func main() { runProgram() }
}
