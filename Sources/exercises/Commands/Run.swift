import ArgumentParser
import UVCore

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run one side of an exercise.")

    @Argument(help: "The exercise's number.")
    var number: String

    @Flag(help: "Which side.")
    var side: Side

    enum Side: String, EnumerableFlag {
        case node, swift
    }

    func run() throws {
        let exercise = try Catalogue.exercise(number)
        switch side {
        case .swift: throw ExitCode(exercise.runHere())
        case .node: throw ExitCode(try Node.runHere(exercise))
        }
    }
}
