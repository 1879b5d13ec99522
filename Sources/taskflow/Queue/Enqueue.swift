import ArgumentParser
import UVCore
import UVTasks

/// `taskflow enqueue TYPE`
struct Enqueue: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enqueue",
        abstract: "Make a task for a worker, and print its id.",
        discussion: """
            The id is the one line on standard output. With --unique, and a task of that key
            that has not ended, it is that one's.

              taskflow enqueue email --payload '{"to":"a@b.c"}' --priority 5
              taskflow enqueue report --payload @report.json --delay 10m
              taskflow enqueue import --lease 5m --retry base=1m,max=1h --max-attempts 5
              taskflow enqueue ship --after "$(taskflow enqueue build)"

            It exits with 0, with 1 if there is no task, with 64 for a wrong flag.

            \(ServerOption.help)
            """,
        helpNames: Taskflow.helpNames)

    @Argument(help: "Which workers may take it.")
    var type: String

    @Option(help: "What the worker gets: JSON, or @FILE with JSON in it; at most 64 KiB.")
    var payload: String?

    @Option(help: "What people read; else the type.")
    var title: String?

    @Option(help: "How long it waits before a worker may take it.")
    var delay: String?

    @Option(help: "The instant before which no worker may take it, as 2026-12-31T23:00:00Z; not with --delay.")
    var runAt: String?

    @Option(help: "A task with a higher one goes first.")
    var priority: Int?

    @Option(help: "The project that it belongs to.")
    var project: String?

    @Option(help: "While a task of the project with this key has not ended, no second one is made.")
    var unique: String?

    @Option(name: .customLong("after"), help: "A task that has to be completed before. Can be given again.")
    var dependencies: [String] = []

    @OptionGroup var attempts: AttemptOptions
    @OptionGroup var server: ServerOption

    func validate() throws { _ = try task() }

    func run() throws {
        var task = try task()
        try server.run(as: "enqueue") { client in
            if let payload { task.payload = try await Self.json(payload) }
            let made = try await client.enqueue(task)
            guard StandardStream.output.writeAll(Array("\(made.id.escapingControls)\n".utf8)) else { throw Unwritten() }
        }
    }

    /// What the flags say, without the payload, which may be in a file.
    private func task() throws -> NewTask {
        var task = NewTask(type)
        (task.title, task.priority, task.project) = (title, priority, project)
        task.dependencies = dependencies
        task.unique = unique.map { NewTask.Unique($0) }
        guard delay == nil || runAt == nil else { throw ValidationError("--delay and --run-at do not go together.") }
        task.delay = try ServerOption.duration(delay, of: "--delay")
        task.runAt = runAt
        try attempts.apply(to: &task)
        return task
    }

    @LoopActor
    private static func json(_ text: String) async throws -> JSON {
        guard text.utf8.first == UInt8(ascii: "@") else {
            guard let json = JSON(text) else { throw NoJSON(place: "--payload") }
            return json
        }
        let file = String(decoding: text.utf8.dropFirst(), as: UTF8.self)
        do {
            let bytes = try await FileSystem.readFile(file, limit: 1 << 20)
            guard let json = JSON(bytes) else { throw NoJSON(place: file) }
            return json
        } catch let error as LoopError {
            throw Unreadable(file: file, error: error)
        }
    }
}

/// Text that should have been JSON.
private struct NoJSON: Error, CustomStringConvertible {
    let place: String
    var description: String { "\(place) is no JSON; a string needs its quotes, as '\"text\"'." }
}

private struct Unreadable: Error, CustomStringConvertible {
    let file: String
    let error: LoopError
    var description: String { "\(file) cannot be read: \(error.message)." }
}

/// No process reads standard output any more.
struct Unwritten: Error, CustomStringConvertible {
    var description: String { "The output could not be written." }
}
