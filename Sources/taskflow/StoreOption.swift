import ArgumentParser
import TaskService

/// The file that a command works on.
struct StoreOption: ParsableArguments {
    @Option(
        help: """
            The file in which tasks are kept, as sqlite:FILE. Also taken from TASKFLOW_STORE; else sqlite:taskflow.db.
            """)
    var store: String?

    func validate() throws {
        if let store { _ = try explained(try StoreName(flag: store).path()) }
    }

    /// Does the work, and ends the program with what has come of it.
    func run(_ chore: Chore) throws { throw ExitCode(chore.run(on: try path())) }

    private func path() throws -> String {
        if let store { return try explained(try StoreName(flag: store).path()) }
        let settings = try orEnd(with: .failure, try Settings.read())
        return try orEnd(with: .validationFailure, try settings.store(flag: nil).path())
    }
}
