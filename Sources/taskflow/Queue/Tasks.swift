import ArgumentParser
import UVCore
import UVTasks

/// `taskflow tasks`
struct Tasks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks",
        abstract: "Look at a server's tasks, cancel them, have them tried again.",
        discussion: """
            A terminal gets a table; a file or a program gets JSON: an array, or the task.

              taskflow tasks --state failed
              taskflow tasks show 01a209fd-c673-7000-86a0-b878e676416e
              taskflow tasks cancel 01a209fd-c673-7000-86a0-b878e676416e --reason 'sent by hand'
              taskflow tasks --state failed --limit 1000 | jq -r '.[].id' | xargs -n 1 taskflow tasks retry

            It exits with 0, with 1 if the server refuses or is away, with 64 for a wrong
            flag.

            \(ServerOption.help)
            """,
        subcommands: [List.self, Show.self, Cancel.self, Retry.self],
        defaultSubcommand: List.self,
        helpNames: Taskflow.helpNames)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List tasks, the youngest first.", helpNames: Taskflow.helpNames)

        @Option(help: "waiting, scheduled, ready, running, held, completed, failed or cancelled.")
        var state: String?

        @Option(help: "Only those of this type.")
        var type: String?

        @Option(help: "Only those of this project.")
        var project: String?

        @Option(help: "Only those that this worker has claimed.")
        var worker: String?

        @Option(help: "At most so many, 1 to 1000.")
        var limit = 100

        @OptionGroup var server: ServerOption

        func validate() throws {
            guard (1...1_000).contains(limit) else { throw ValidationError("--limit is 1 to 1000.") }
        }

        func run() throws {
            var filter = TaskClient.Filter()
            (filter.state, filter.type, filter.project, filter.worker) = (state, type, project, worker)
            (filter.limit, filter.isNewestFirst) = (limit, true)
            try server.run(as: "tasks") { client in
                let page = try await client.list(filter)
                try write(
                    StandardStream.output.isTerminal
                        ? TaskTable(page.tasks).text(within: StandardStream.output.width ?? 80)
                            + (page.hasMore ? "There are more: --limit \(limit) was reached.\n" : "")
                        : "[\(page.tasks.map(\.json.text).joined(separator: ",\n"))]\n")
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all that the server knows of a task.", helpNames: Taskflow.helpNames)

        @OptionGroup var task: TaskArgument
        @OptionGroup var server: ServerOption

        func run() throws {
            try server.run(as: "tasks show") { client in try write(task: try await client.get(task.id)) }
        }
    }

    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cancel a task; the admin may.",
            discussion: "The worker of a task that runs is told, and may still complete it; --force takes it away.",
            helpNames: Taskflow.helpNames)

        @OptionGroup var task: TaskArgument

        @Option(help: "Why, for those who look at it later.")
        var reason: String?

        @Flag(help: "Take it from its worker at once.")
        var force = false

        @OptionGroup var server: ServerOption

        func run() throws {
            try server.run(as: "tasks cancel") { client in
                try write(task: try await client.cancel(task.id, reason: reason, force: force))
            }
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have a task that failed or was cancelled tried again; the admin may.",
            helpNames: Taskflow.helpNames)

        @OptionGroup var task: TaskArgument
        @OptionGroup var server: ServerOption

        func run() throws {
            try server.run(as: "tasks retry") { client in try write(task: try await client.retry(task.id)) }
        }
    }
}

/// The task that a command is about.
struct TaskArgument: ParsableArguments {
    @Argument(help: "The task.")
    var id: String
}

private func write(_ text: String) throws {
    guard StandardStream.output.writeAll(Array(text.utf8)) else { throw Unwritten() }
}

private func write(task: QueuedTask) throws {
    try write(StandardStream.output.isTerminal ? TaskTable.lines(of: task) : "\(task.json.text)\n")
}
