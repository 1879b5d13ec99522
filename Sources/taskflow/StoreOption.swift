import ArgumentParser
import TaskService

/// The file that a command works on.
struct StoreOption: ParsableArguments {
    @Option(help: "The file in which tasks are kept, as sqlite:FILE.")
    var store = "sqlite:taskflow.db"

    func validate() throws { _ = try path() }

    func path() throws -> String {
        do throws(ConfigurationError) {
            return try StoreLocation.path(store)
        } catch {
            throw ValidationError("--store \(error.message)")
        }
    }

    /// Does the work, and ends the program with what has come of it.
    func run(_ chore: Chore) throws { throw ExitCode(chore.run(on: try path())) }
}
