import ArgumentParser
import TaskService

/// `taskflow import FILE`
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Fill an empty store with the tasks of an export.",
        discussion: """
            Reads what taskflow export and GET /tasks/stream.ndjson write. Tasks keep their
            ids and times; what POST /tasks would refuse is refused, and the line is named.
            All tasks are kept, or none.

            The store has no tasks, or is made; no server may use it. Its history begins
            anew, so clients that were connected before get all tasks again.

            It exits with 0, with 1 if nothing was imported, with 64 for a wrong flag.
            """,
        helpNames: Taskflow.helpNames)

    @Argument(help: "The file to read; - for standard input.")
    var file: String

    @OptionGroup var store: StoreOption

    func run() throws { try store.run(.import(from: file)) }
}
