import ArgumentParser

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Guess the order of an exercise's lines, then see where the loop differs and why.",
        discussion: "Only where the order is the question: `exercises list` marks those exercises with a question mark."
    )

    @Argument(help: "The exercise's number.")
    var number: String

    @Flag(help: "Which program to look at.")
    var side = Run.Side.swift

    func run() throws {
        let exercise = try Catalogue.exercise(number)
        guard exercise.asksForOrder else { throw ValidationError(Self.noOrder(exercise)) }
        let screen = Screen()
        print(screen.bold("\(exercise.number)  \(exercise.title)"))
        print(screen.prose(exercise.question))
        screen.show(side == .swift ? exercise.swift : exercise.node, of: exercise)

        let lines = Array(exercise.recorded.dropLast())
        let guess = ask(Guess(of: shuffled(lines, by: exercise.number)))
        if guess.allSatisfy(\.isEmpty) { print("No guess; here is what the loop does.") }
        print(SideBySide.inOrder(guess, lines).text(headings: ("Your guess", "The loop"), on: screen))
        let right = zip(guess, lines).count { $0 == $1 }
        print("\n\(right) of \(lines.count) in their place.\n\n" + screen.prose(exercise.why))
    }

    private static func noOrder(_ exercise: Exercise) -> String {
        """
        exercise \(exercise.number) has no order to guess: its question is what its lines say. `exercises show \
        \(exercise.number)` shows the programs, `exercises compare \(exercise.number)` what they print.
        """
    }

    /// Asks for one line after another until none is left; ends with the input.
    private func ask(_ guess: consuming Guess) -> [String] {
        print("\nIt prints these lines, in another order:\n")
        print(guess.listOfRest)
        print(
            """

            Which comes first, which next? Type a number and return; return alone when you do not know; b to go a step \
            back, q to see the answer.

            """)
        while !guess.isOver {
            print("line \(guess.places.count + 1) of \(guess.choices.count) > ", terminator: "")
            flush()
            guard let answer = readLine() else {
                print()
                break
            }
            print(guess.take(answer))
        }
        return guess.lines
    }

    /// The lines in an order that tells nothing, the same each time: by a hash of their text.
    private func shuffled(_ lines: [String], by number: String) -> [String] {
        func hash(_ line: String) -> UInt32 {
            (number + line).utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
        }
        return lines.sorted { (hash($0), $0) < (hash($1), $1) }
    }
}
