import ArgumentParser

struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run an exercise and print its recording, as the server's page at /loop plays it.",
        discussion: """
            The recording is JSON: each callback with its turn and phase, the lines that it printed, and what waited in \
            the loop's queues then. An exercise that has one keeps it in its folder, as recording.json.
            """)

    @Argument(help: "The exercise's number.")
    var number: String

    func run() throws {
        let exercise = try Catalogue.exercise(number)
        print(try Recording(of: Recorder.record(exercise)).text())
    }
}
