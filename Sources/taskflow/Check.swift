import ArgumentParser
import TaskService

/// `taskflow check`
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Compare the tasks with what the events add up to.",
        discussion: """
            Reads the whole file as it is at one moment; a server may use it meanwhile.
            Each difference is a line on standard output. Where old events were removed,
            as --history and --history-age say, tasks that no later event tells of are
            compared only in their numbers and in what they need.

            It exits with 0, with 2 if there is a difference, with 1 if the file cannot be
            read, with 64 for a wrong flag.
            """,
        helpNames: Taskflow.helpNames)

    @OptionGroup var store: StoreOption

    func run() throws { try store.run(.check) }
}
