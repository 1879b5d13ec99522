import ArgumentParser
import UVCore

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run one side of an exercise: Swift's, or Node's.")

    @Argument(help: "The exercise's number.")
    var number: String

    @Flag(help: "Which side.")
    var side = Side.swift

    enum Side: String, EnumerableFlag {
        case node, swift
    }

    func run() throws {
        let exercise = try Catalogue.exercise(number)
        switch side {
        case .swift: throw ExitCode(exercise.runHere())
        case .node: throw ExitCode(Node.runHere(exercise))
        }
    }
}
