import ArgumentParser
import TaskService

/// `taskflow export FILE`
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all tasks to a file, a line of JSON each.",
        discussion: """
            The lines are those of GET /tasks/stream.ndjson, in the order of ids, and all
            of one moment. A server may use the store meanwhile.

            A file that is there is not written over. The new one has its name when it is
            whole, and not before: an export that fails leaves nothing.

            It exits with 0, with 1 if not all was written, with 64 for a wrong flag.
            """,
        helpNames: Taskflow.helpNames)

    @Argument(help: "The file to make; - for standard output.")
    var file: String

    @OptionGroup var store: StoreOption

    func run() throws { try store.run(.export(to: file)) }
}
