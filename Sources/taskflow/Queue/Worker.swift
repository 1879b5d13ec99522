import ArgumentParser
import UVCore
import UVTasks

/// `taskflow worker --types TYPES --exec COMMAND`
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Take tasks from a server and run a command for each.",
        discussion: """
            The command runs in a shell. It reads the task's payload, JSON, on its standard
            input, and has in its environment

              TASKFLOW_TASK_ID   the task: do nothing twice for one
              TASKFLOW_FENCE     the number of the claim; a later claim has a higher one
              TASKFLOW_ATTEMPT   which attempt this is, from 1
              TASKFLOW_TYPE      the task's type

            How it exits says what has come of the task:

              0                  completed, with what it printed as the result: JSON, or
                                 else a string, at most 64 KiB
              65                 failed for good
              anything else      failed; it is tried again as its retries say. The end of
                                 what it wrote to standard error is the task's error

            While it runs, its lease is renewed. A task that is cancelled, or whose lease
            was lost, gets SIGTERM, and SIGKILL 5 s later; so does all that it has started.

            SIGTERM and ctrl-C end the worker: it takes no more, waits for what runs as long
            as --drain says, gives back the rest, and exits with 0. A second signal ends the
            wait. It exits with 1 when the server refuses it for good, and with 64 for a
            wrong flag. A server that is away is asked again until it is back.

              taskflow worker --types email --concurrency 4 --exec './send.sh'
              taskflow worker --types greet --exec 'jq -r .name | sed "s/^/Hello, /"' --once

            \(ServerOption.help)
            """,
        helpNames: Taskflow.helpNames)

    @Option(help: "The types of task to take, separated by commas.")
    var types: String

    @Option(help: ArgumentHelp("What to run for each task.", valueName: "command"))
    var exec: String

    @Option(help: "How many tasks to do at a time, 1 to 1000.")
    var concurrency = 1

    @Option(help: "How long a claim lasts without a renewal, 5s to 12h; else what the task says, or 30s.")
    var lease: String?

    @Option(help: "How long tasks may go on when the worker is told to end.")
    var drain = "25s"

    @Option(help: "What the server calls it; the machine and the number of the process are added.")
    var name = "taskflow"

    @Flag(help: "Do one task, if there is one, and end.")
    var once = false

    @OptionGroup var server: ServerOption

    func validate() throws {
        guard (1...1_000).contains(concurrency) else { throw ValidationError("--concurrency is 1 to 1000.") }
        guard !typeNames.isEmpty, !exec.isEmpty else { throw ValidationError("--types and --exec name something.") }
        _ = try ServerOption.lease(lease)
        _ = try ServerOption.duration(drain, of: "--drain")
    }

    private var typeNames: [String] {
        types.utf8.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self).trimmed }
    }

    func run() throws {
        let lease = try ServerOption.lease(lease)
        let drain = try ServerOption.duration(drain, of: "--drain") ?? .seconds(25)
        try server.run(as: "worker") { client in
            let worker = TaskWorker(client, name: name, concurrency: concurrency, lease: lease, drain: drain)
            for type in typeNames { worker.on(type) { job in try await JobProgram(exec, for: job).run() } }
            worker.onNotice = { notice in ServerOption.complain("worker", notice) }
            if once { worker.takesOneTask() }
            if let error = await Self.end(of: worker) { throw error }
        }
    }

    @LoopActor
    private static func end(of worker: TaskWorker) async -> TaskError? {
        await withUnsafeContinuation { continuation in
            worker.onEnd = { continuation.resume(returning: $0) }
            worker.start()
        }
    }
}
