import ArgumentParser
import UVCore

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run both sides and show their outputs side by side.",
        discussion: """
            Ends with code 1 when they differ anywhere. Where Node 20 is not installed, what it printed when the
            exercise was written takes its place.
            """)

    @Argument(help: "The exercise's number.")
    var number: String?

    @Flag(help: "All exercises, one after another.")
    var all = false

    func validate() throws {
        if all == (number != nil) { throw ValidationError("Give the number of one exercise, or --all.") }
    }

    func run() throws {
        let exercises = try number.map { [try Catalogue.exercise($0)] } ?? Catalogue.exercises
        let code = EventLoop.run { loop in
            loop.spawn {
                let comparison = Comparison(node: await Node.find())
                for exercise in exercises { try await comparison.compare(exercise, whole: !all) }
                if all { comparison.sumUp() }
                loop.exitCode = comparison.differing.isEmpty ? 0 : 1
            }
        }
        throw ExitCode(code)
    }
}

/// Compares exercises and prints what comes of it.
@LoopActor
private final class Comparison {
    private let node: Node?
    private let screen = Screen()
    private var count = 0
    private(set) var differing: [String] = []

    init(node: Node?) {
        self.node = node
        if node == nil { print("Node 20 is not installed: comparing with what it printed when this was written.\n") }
    }

    /// - Parameter whole: Whether outputs are shown that are the same.
    func compare(_ exercise: Exercise, whole: Bool) async throws {
        let theirs = try await node?.lines(of: exercise) ?? exercise.recorded
        let ours = try await exercise.lines()
        count += 1
        let isSame = theirs == ours
        if !isSame { differing.append(exercise.number) }
        let mark = isSame ? screen.green("same") : screen.red("DIFFERENT")
        print("\(screen.bold(exercise.number))  \(exercise.title): \(mark), \(ours.count - 1) lines")
        if whole || !isSame {
            let heading = node == nil ? "Node 20 (recorded)" : "Node"
            print(SideBySide(theirs, ours).text(headings: (heading, "Swift"), on: screen))
        }
    }

    func sumUp() {
        let verdict = differing.isEmpty ? "" : "; different: \(differing.joined(separator: " "))"
        print("\n\(count - differing.count) of \(count) exercises print the same in Node and in Swift\(verdict)")
    }
}
