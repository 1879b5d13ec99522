import ArgumentParser
import TaskService

/// What a server's work queue takes and keeps.
struct QueueOptions: ParsableArguments {
    @Option(help: "How many tasks that have not ended the server takes.")
    var maxTasks = "1000000"

    @Option(help: "How many bytes the payloads and results of all tasks may have.")
    var maxBytes = "1073741824"

    @Option(
        help: """
            How much longer a task waits for each point that its priority is lower than another's; 0 lets the higher \
            priority always go first.
            """)
    var aging = "60s"

    @Option(help: "How long tasks stay that workers have completed; 0 for ever.")
    var keepCompleted = "7d"

    @Option(help: "How long tasks of the work queue stay that have failed or were cancelled; 0 for ever.")
    var keepFailed = "30d"

    @Option(help: "How many of those stay at most; those that ended first go first.")
    var keep = "100000"

    @Flag(
        name: .customLong("set"),
        help: """
            Have all servers of a store on Redis use the values of these flags (--max-..., --aging, --keep...). They have \
            to agree: without this one a server whose values are others than theirs does not start.
            """)
    var setsForAll = false

    func configure(_ configuration: inout Configuration) throws {
        configuration.setsForAll = setsForAll
        try Serve.explain("--max-tasks") { () throws(ConfigurationError) in try configuration.setMaxTasks(maxTasks) }
        try Serve.explain("--max-bytes") { () throws(ConfigurationError) in try configuration.setMaxBytes(maxBytes) }
        try Serve.explain("--aging") { () throws(ConfigurationError) in try configuration.setAging(aging) }
        try Serve.explain("--keep-completed") { () throws(ConfigurationError) in
            try configuration.setKeepCompleted(keepCompleted)
        }
        try Serve.explain("--keep-failed") { () throws(ConfigurationError) in
            try configuration.setKeepFailed(keepFailed)
        }
        try Serve.explain("--keep") { () throws(ConfigurationError) in try configuration.setKeep(keep) }
    }
}
