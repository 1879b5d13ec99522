import ArgumentParser

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the exercises, one a line.")

    func run() {
        let screen = Screen()
        let width = Catalogue.exercises.map(\.title.count).max() ?? 0
        var group = ""
        for exercise in Catalogue.exercises.sorted(by: { $0.place < $1.place }) {
            if exercise.group != group {
                group = exercise.group
                print("\n" + screen.bold(group))
            }
            let title = exercise.title.padded(to: width)
            print("  \(exercise.number)  \(title)  \(screen.faint(exercise.concept))")
        }
    }
}

extension Exercise {
    /// Groups in the order of their first exercise, then by number.
    fileprivate var place: String {
        let first = Catalogue.exercises.first { $0.group == group }
        return (first?.number ?? "") + number
    }
}
