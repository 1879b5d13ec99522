public import ArgumentParser
public import Logging
public import TaskService

/// `taskflow`, `taskflow serve`
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "A real-time task queue server: Node's architecture in Swift, on libuv.",
        usage: """
            taskflow [<options>]
            taskflow export <file> | import <file> | check | backup <file>  [--store <store>]
            taskflow enqueue <type> | worker --types <types> --exec <command> | tasks  [--url <url>]
            """,
        discussion: """
            Listens for HTTP on 127.0.0.1:3000 and answers in JSON:

              curl http://localhost:3000/health

            Who may do what is said by two tokens, from the flags, or else the
            environment (ADMIN_TOKEN, USER_TOKEN), or else a file .env in the working
            folder. WORKER_TOKEN is a third one: it may also make tasks and work on them.
            Flags can be seen by everybody on this machine. Without any token the server
            is in development mode: the tokens are secret-admin-123, secret-user-123 and
            secret-worker-123, and only this machine can reach it.

            SIGTERM, SIGHUP and ctrl-C end it: after the drain listening stops, and open
            answers have the grace to finish. A second signal ends it at once. It exits
            with 0, with 1 if it cannot start, with 64 for a wrong flag.

            Tasks are kept in the file taskflow.db of the working folder, with what stands
            beside it (-wal, -shm, -lock), and are there again at the next start. One
            server at a time uses a file. Another store is named by --store, or else by
            TASKFLOW_STORE, in the environment or in .env: an address with a password
            belongs there. What else is to be done with it are commands of
            their own; taskflow help lists them, taskflow export --help explains one:

              taskflow export tasks.ndjson     all tasks, a line of JSON each
              taskflow import tasks.ndjson     the same into an empty store
              taskflow check                   whether tasks and events agree
              taskflow backup copy.db          a copy, also while the server runs

            Others ask a server, this one or one far away:

              taskflow enqueue email           a task for a worker
              taskflow worker --types email --exec ./send.sh
              taskflow tasks                   a look at the tasks

            Durations are a number with ms, s, m, h or d behind it, seconds without:
            3, 500ms, 30s, 24h, 7d.
            """,
        helpNames: Taskflow.helpNames)

    @Option(help: "The address or name to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on, from 0 to 65535; 0 lets the system choose.")
    var port = "3000"

    @Option(
        help: """
            A port of this machine alone where GET /metrics, for Prometheus, needs no token. With one it is on the other \
            port in any case.
            """)
    var metricsPort: String?

    @Option(
        help: ArgumentHelp(
            """
            Speak TLS: the certificate, a file of PEM, with those between it and its authority's behind it. It is read \
            anew when it changes, and on SIGUSR2.
            """, valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("The key of the certificate, a file of PEM without a password.", valueName: "file"))
    var tlsKey: String?

    @Option(
        name: .customLong("tls-client-ca"),
        help: ArgumentHelp(
            "Let in only clients with certificates of these authorities, a file of PEM.", valueName: "file"))
    var tlsClientCA: String?

    @Flag(help: "Tell browsers to come by TLS alone for a year (Strict-Transport-Security).")
    var hsts = false

    @Option(help: "The least important lines to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = .info

    @Option(help: "How log lines look on standard error: text, for people, or json, an object a line.")
    var logFormat: LogFormat = .text

    @Flag(help: "Log a line for each request and each WebSocket, at the level info.")
    var accessLog = false

    @Option(
        help: """
            How long the server goes on as before when it is told to stop, but that GET /ready is 503: time for a load \
            balancer to send its clients elsewhere. Then it stops listening.
            """)
    var drain = "0s"

    @Option(
        help: """
            How long answers that are under way may take when listening has stopped. Connections that are open then \
            are ended.
            """)
    var grace = "3s"

    @Option(help: "The token of the admin, who may do everything.")
    var adminToken: String?

    @Option(help: "The token of the user, who may only read.")
    var userToken: String?

    @Option(help: "The token of workers, who may read, make tasks and work on them.")
    var workerToken: String?

    @Option(
        help: """
            How many processes serve, from 1 to 64, or auto for one a processor. They need a store that all of them may \
            write to, redis://HOST. A parent starts them, and others in their place when they end; SIGUSR2 replaces \
            them one by one. Without the flag there is one, and no parent.
            """)
    var processes: String?

    @OptionGroup var queue: QueueOptions

    @Option(
        help: """
            Where tasks are kept: sqlite:FILE, redis://HOST, or memory, which forgets them when the server ends. Also \
            taken from TASKFLOW_STORE; else sqlite:taskflow.db.
            """)
    var store: String?

    @Option(
        help: """
            How many events are kept for clients that were away: 100000, or 10000 in memory. Tasks are kept in any case.
            """)
    var history: String?

    @Option(help: "How old an event in a file may become.")
    var historyAge = "24h"

    @Option(
        help: """
            A web page that may change tasks and hear events, such as http://example.org:8080, in place of \
            the server's own. Can be given again.
            """)
    var origin: [String] = []

    @Flag(
        help: """
            Compress events and snapshots of a KiB and more for WebSockets that can read them (permessage-deflate): \
            some 80 KiB of memory for each.
            """)
    var deflate = false

    @Flag(help: "Show the demonstrations outside development mode, too.")
    var demo = false

    /// None belongs here: they are commands that were misspelt, or come too late.
    @Argument(help: .hidden)
    var words: [String] = []

    func validate() throws {
        if let explanation = words.first.flatMap({ CommandWord(text: $0).explanation }) {
            throw ValidationError(explanation)
        }
        _ = try configuration()
    }

    func run() throws {
        // Not before a flag that is unknown is told, for which the word may stand.
        if let word = words.first { throw ValidationError("There is no command '\(word)'.") }
        var configuration = try configuration()
        let log = Logger.taskflow(level: logLevel, format: logFormat, namesProcess: configuration.processes != nil)
        let settings = try orEnd(with: .failure, log: log, try Settings.read())
        configuration.store = try orEnd(with: .validationFailure, try settings.store(flag: store).location())
        try orEnd(with: .validationFailure, try configuration.checkProcesses())
        if configuration.isParent { throw ExitCode(Supervisor.run(configuration, log: log)) }
        configuration.credentials = try orEnd(
            with: .failure, log: log,
            try settings.credentials(
                adminFlag: adminToken, userFlag: userToken, workerFlag: workerToken, log: log))
        throw ExitCode(TaskServer.run(configuration, log: log))
    }

    /// What the flags say.
    private func configuration() throws -> Configuration {
        var configuration = Configuration()
        configuration.isDemoEnabled = demo
        configuration.compressesEvents = deflate
        configuration.logsRequests = accessLog
        try Self.explain("--host") { () throws(ConfigurationError) in try configuration.setHost(host) }
        try Self.explain("--port") { () throws(ConfigurationError) in try configuration.setPort(port) }
        if let metricsPort {
            try Self.explain("--metrics-port") { () throws(ConfigurationError) in
                try configuration.setMetricsPort(metricsPort)
            }
        }
        try Self.explain("--origin") { () throws(ConfigurationError) in try configuration.setOrigins(origin) }
        try Self.explain("--drain") { () throws(ConfigurationError) in try configuration.setDrain(drain) }
        try Self.explain("--grace") { () throws(ConfigurationError) in try configuration.setGrace(grace) }
        if let store { configuration.store = try explained(try StoreName(flag: store).location()) }
        do throws(ConfigurationError) {
            try configuration.setTLS(
                certificate: tlsCert, key: tlsKey, clientAuthority: tlsClientCA, demandsTLS: hsts)
        } catch {
            throw ValidationError(error.message)
        }
        if let history {
            try Self.explain("--history") { () throws(ConfigurationError) in try configuration.setHistory(history) }
        }
        if let processes {
            try Self.explain("--processes") { () throws(ConfigurationError) in try configuration.setProcesses(processes)
            }
        }
        try Self.explain("--history-age") { () throws(ConfigurationError) in try configuration.setHistoryAge(historyAge)
        }
        try queue.configure(&configuration)
        for (flag, token) in [
            ("--admin-token", adminToken), ("--user-token", userToken), ("--worker-token", workerToken),
        ] {
            guard let token, AccessToken(token) == nil else { continue }
            throw ValidationError("\(flag) is \(AccessToken.rule).")
        }
        return configuration
    }

    /// Says which flag it was that could not be understood.
    static func explain(_ flag: String, _ body: () throws(ConfigurationError) -> Void) throws {
        do throws(ConfigurationError) {
            try body()
        } catch {
            throw ValidationError("\(flag) \(error.message)")
        }
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}
