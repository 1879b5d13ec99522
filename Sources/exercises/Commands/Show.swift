import ArgumentParser

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show an exercise's question and both programs, without what they print.")

    @Argument(help: "The exercise's number.")
    var number: String

    func run() throws {
        let exercise = try Catalogue.exercise(number)
        let screen = Screen()
        print(screen.bold("\(exercise.number)  \(exercise.title)"))
        print(screen.prose(exercise.question))
        for source in [exercise.node, exercise.swift] { screen.show(source, of: exercise) }
        let guess = exercise.asksForOrder ? "`exercises predict \(exercise.number)` asks for your guess; " : ""
        print("\n\(guess)`exercises compare \(exercise.number)` shows what both print, and why.")
    }
}
