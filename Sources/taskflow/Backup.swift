import ArgumentParser
import TaskService

/// `taskflow backup FILE`
struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store to a file, also while a server uses it.",
        discussion: """
            The copy is the store as it is at one moment. To go on with it, start a server
            on it: taskflow --store sqlite:FILE.

            A file that is there is not written over. The copy has its name when it is
            whole, and not before: a backup that fails leaves nothing.

            It exits with 0, with 1 if there is no copy, with 64 for a wrong flag.
            """,
        helpNames: Taskflow.helpNames)

    @Argument(help: "The file to make.")
    var file: String

    @OptionGroup var store: StoreOption

    func validate() throws {
        if file.utf8.elementsEqual("-".utf8) { throw ValidationError("A copy is a file, and no stream.") }
    }

    func run() throws { try store.run(.backup(to: file)) }
}
