import ArgumentParser

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Guess the order of an exercise's lines, then see where the loop differs and why.")

    @Argument(help: "The exercise's number.")
    var number: String

    @Flag(help: "Which program to look at.")
    var side = Run.Side.swift

    func run() throws {
        let exercise = try Catalogue.exercise(number)
        let screen = Screen()
        print(screen.bold("\(exercise.number)  \(exercise.title)"))
        print(exercise.question)
        screen.show(side == .swift ? exercise.swift : exercise.node, of: exercise)

        let lines = Array(exercise.recorded.dropLast())
        let choices = shuffled(lines)
        print("\nIt prints these lines, in another order:\n")
        for (index, line) in choices.enumerated() { print("  \("\(index + 1)".leftPadded(to: 2))  \(line)") }
        print("\nWhich comes first, which next? Type a number and return; return alone when you do not know.\n")
        let guess = ask(lines.count, choices)
        if guess.isEmpty { print("No guess; here is what the loop does.") }
        print(SideBySide.inOrder(guess, lines).text(headings: ("Your guess", "The loop"), on: screen))
        let right = zip(guess, lines).count { $0 == $1 }
        print("\n\(right) of \(lines.count) in their place.\n\n\(exercise.why)")
    }

    /// Asks for one line after another; ends with the input.
    private func ask(_ count: Int, _ choices: [String]) -> [String] {
        var guess: [String] = []
        while guess.count < count {
            print("line \(guess.count + 1) of \(count) > ", terminator: "")
            flush()
            guard let answer = readLine() else {
                print()
                break
            }
            if answer.allSatisfy(\.isWhitespace) {
                guess.append("")
            } else if let choice = Int(answer), choices.indices.contains(choice - 1) {
                guess.append(choices[choice - 1])
            } else {
                print("A number from 1 to \(choices.count), please.")
            }
        }
        return guess
    }

    /// The lines in an order that tells nothing, the same each time: by a hash of their text.
    private func shuffled(_ lines: [String]) -> [String] {
        func hash(_ line: String) -> UInt32 {
            (number + line).utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
        }
        return lines.sorted { (hash($0), $0) < (hash($1), $1) }
    }
}
