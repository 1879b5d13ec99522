import ArgumentParser
import UVCore

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run both sides and show their outputs side by side.",
        discussion: """
            Ends with code 1 when they differ anywhere. Both sides get an environment of their own. Where Node 20 is not installed, what it printed when the
            exercise was written takes its place.
            """)

    @Argument(help: "The exercise's number.")
    var number: String?

    @Flag(help: "All exercises, one after another.")
    var all = false

    /// What a shell shows for a program that writes to a pipe that is not read any more.
    private static let brokenPipe: Int32 = 128 + 13

    func run() throws {
        // Not in `validate`, which is asked before an unknown flag is, such as `--al`.
        if all == (number != nil) { throw ValidationError("Give the number of one exercise, or --all.") }
        let exercises = try number.map { [try Catalogue.exercise($0)] } ?? Catalogue.exercises
        let code = EventLoop.run { loop in
            try loop.endPlainly()
            loop.spawn {
                let comparison = Comparison(node: try await Node.find(on: loop))
                for exercise in exercises {
                    guard try await comparison.compare(exercise, whole: !all) else { return loop.exit(Self.brokenPipe) }
                }
                if all { comparison.sumUp() } else { print("\n" + Screen().prose(exercises[0].why)) }
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
    /// - Returns: False when what is printed is not read any more.
    func compare(_ exercise: Exercise, whole: Bool) async throws -> Bool {
        // Out before the programs run: some take seconds.
        print("\(screen.bold(exercise.number))  \(exercise.title): ", terminator: "")
        guard flush() else { return false }
        let theirs = try await node?.lines(of: exercise) ?? exercise.recorded
        let ours = await exercise.lines()
        count += 1
        let isSame = theirs == ours
        if !isSame { differing.append(exercise.number) }
        let mark = isSame ? screen.green("same") : screen.red("DIFFERENT")
        print("\(mark), \(ours.count - 1) lines")
        if whole || !isSame {
            let heading = node == nil ? "Node 20 (recorded)" : "Node"
            print(SideBySide(theirs, ours).text(headings: (heading, "Swift"), on: screen))
        }
        return flush()
    }

    func sumUp() {
        let verdict = differing.isEmpty ? "" : "; different: \(differing.joined(separator: " "))"
        print("\n\(count - differing.count) of \(count) exercises print the same in Node and in Swift\(verdict)")
    }
}
