import ArgumentParser

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the exercises, one a line.")

    func run() {
        let screen = Screen()
        let width = Catalogue.exercises.map(\.title.count).max() ?? 0
        for group in Group.allCases {
            print("\n" + screen.bold(group.rawValue))
            for exercise in Catalogue.exercises where exercise.group == group {
                let title = exercise.title.padded(to: width)
                print("  \(exercise.number)  \(title)  \(screen.faint(exercise.concept))")
            }
        }
    }
}
