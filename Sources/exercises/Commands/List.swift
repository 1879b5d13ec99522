import ArgumentParser

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the exercises, one a line.")

    func run() {
        let screen = Screen()
        let width = Catalogue.exercises.map(\.title.count).max() ?? 0
        let digits = Catalogue.exercises.map(\.number.count).max() ?? 0
        for group in Group.allCases {
            print("\n" + screen.bold(group.rawValue))
            for exercise in Catalogue.exercises where exercise.group == group {
                let mark = exercise.asksForOrder ? "?" : " "
                let start = "  \(exercise.number.padded(to: digits))  \(exercise.title.padded(to: width))  \(mark)  "
                // On a terminal a line each, also where the window is narrow.
                print(start + screen.faint(String(exercise.concept.prefix(max(0, screen.width - start.count)))))
            }
        }
        print(
            """

            ?  asks for the order of the lines: exercises predict 01
               The others ask what the lines say: exercises show 10, then exercises compare 10

            Some numbers are missing. Those were experiments with Node that cannot be compared: their output was never
            the same twice, or Swift has no such thing.
            """)
    }
}
