import HTTPTypes
public import Logging
import TaskEngine
import TaskStorage
public import UVCore
import UVHTTP
import UVWebSocket

/// The server: its routes, its start and its end.
@LoopActor
public final class TaskServer {
    let configuration: Configuration
    let log: Logger
    let loop = EventLoop.current
    let router = Router()
    let http: HTTPServer
    let startedAt = ContinuousClock.now
    let board: TaskBoard
    let live = LiveEvents()
    private(set) lazy var origin = OriginMiddleware { [unowned self] in allowedOrigins }

    var requestIDs = RequestID.Source()
    private var isStopping = false

    public convenience init(_ configuration: Configuration, log: Logger) {
        self.init(configuration, log: log, keepingEventsIn: MemoryLog())
    }

    init(_ configuration: Configuration, log: Logger, keepingEventsIn eventLog: any EventLog) {
        self.configuration = configuration
        self.log = log
        board = TaskBoard(eventLog)
        http = HTTPServer(router)
        http.allowsHalfOpen = true
        addRoutes()
        answerErrors()
        board.onEvent = { [live] event in live.broadcast(event) }
    }

    /// Runs a server as a program of its own, until a signal ends it.
    ///
    /// - Parameters:
    ///   - adminToken: In place of what the environment or `.env` says; so is `userToken`.
    /// - Returns: The code to exit with: 0, or 1 when the server could not be started.
    public nonisolated static func run(
        _ configuration: Configuration, adminToken: String?, userToken: String?, log: Logger
    ) -> Int32 {
        EventLoop.run { loop in
            Credentials.find(adminFlag: adminToken, userFlag: userToken, log: log) { result in
                var configuration = configuration
                do throws(ConfigurationError) {
                    configuration.credentials = try result.get()
                } catch {
                    log.error("\(error.message)")
                    return loop.exit(1)
                }
                try TaskServer(configuration, log: log).start()
            }
        }
    }

    /// Listens, and stops on SIGTERM and SIGINT. When the address cannot be had, it says so and ends the loop with
    /// code 1.
    public func start() throws(LoopError) {
        guard mayListen() else { return loop.exit(1) }
        http.onError = { [self] error in
            log.error("Cannot listen on \(configuration.host):\(configuration.port): \(error.message)")
            loop.exit(1)
        }
        for signal in [Signal.terminate, .interrupt] {
            try SignalWatcher(signal) { [self] in stop(because: signal) }
        }
        http.listen(port: configuration.port, host: configuration.host) { [self] in
            guard let address = http.address else { return }
            log.info("Listening on http://\(address)")
            warnOfWeakAccess()
        }
    }

    /// Ends listening and idle connections; what is being answered has the grace to finish. The second call ends at
    /// once.
    private func stop(because signal: Signal) {
        guard !isStopping else {
            log.warning("Stopped at once, with \(connectionCount) connections open")
            return loop.exit(0)
        }
        isStopping = true
        log.info("Stopping on \(signal)", metadata: ["connections": "\(connectionCount)"])
        loop.setTimeout(configuration.grace) { [self] in
            log.warning("The grace is over: ending \(connectionCount) connections")
            http.closeAllConnections()
            live.hub.terminateAll()
        }.unref()
        live.hub.shutdown(.goingAway, reason: "The server is stopping")
        http.close { [self] in
            // Again, for those whose handshake was under way: from here on nobody can become a listener.
            live.hub.shutdown(.goingAway, reason: "The server is stopping") { [self] in
                log.info("Stopped")
                loop.exit(0)
            }
        }
    }

    private var connectionCount: Int { http.connectionCount + live.hub.members.count }
}

// MARK: - Routes

extension TaskServer {
    private func addRoutes() {
        let logsAnswers = log.logLevel <= .debug
        router.use { [self] request, response, next in
            name(request, in: response)
            if logsAnswers { logWhenAnswered(request, response) }
            try next()
        }
        addGuards()
        router.onNotFound = { request, response in
            response.end(.notFound, "There is nothing at \(request.path).")
        }
        router.onMethodNotAllowed = { request, response in
            response.end(.methodNotAllowed, "\(request.method) is not for \(request.path); see Allow.")
        }
        addListRoutes()
        addTaskRoutes()
        addLiveRoutes()
        addWorkRoutes()
        router.get("/health") { [self] _, response in
            response.end(
                json: JSONText.object { json in
                    json.member("status", "healthy")
                    json.ascii("timestamp", Timestamp.now.write)
                    json.ascii("requestId") { $0.append(contentsOf: response.requestID.utf8) }
                    json.member("uptimeSeconds", Int((ContinuousClock.now - startedAt).components.seconds))
                })
        }
    }

    /// Gives the answer the request's name: the client's own, if it may be one.
    private func name(_ request: IncomingMessage?, in response: ServerResponse) {
        let id = request?.header(.requestID).flatMap { RequestID($0) } ?? requestIDs.next()
        response.setHeader(.requestID, id.text)
    }

    private func logWhenAnswered(_ request: IncomingMessage, _ response: ServerResponse) {
        let start = ContinuousClock.now
        response.onClose = { [log] in
            let outcome = response.isFinished ? "\(response.status.code)" : "aborted"
            let microseconds = (ContinuousClock.now - start) / .microseconds(1)
            log.debug(
                "\(request.method) \(request.path) \(outcome)",
                metadata: ["requestId": "\(response.requestID)", "microseconds": "\(Int(microseconds))"])
        }
    }
}

// MARK: - Errors

extension TaskServer {
    private static let bodyFields: Set<HTTPField.Name> = [
        .contentDisposition, .contentEncoding, .contentLength, .eTag, .link, .location, .transferEncoding,
    ]

    private func answerErrors() {
        http.onClientError = { [self] error, response in
            name(response.request, in: response)
            log.debug(
                "\(error.message)", metadata: ["code": "\(error.code)", "requestId": "\(response.requestID)"])
            response.end(ErrorCode(status: error.status), error.message)
        }
        http.onHandlerError = { [self] error, request, response in
            log.error("\(request.method) \(request.path): \(error)", metadata: ["requestId": "\(response.requestID)"])
            guard !response.headersSent else { return response.fail() }
            // What the handler has said of its own body is not true of this one.
            response.forgetHeaders(Self.bodyFields)
            response.end(.internalError, "The server has failed to answer.")
        }
        http.onCheckExpectation = { [self] request, response in
            name(request, in: response)
            response.end(.expectationFailed, "The only expectation that is met here is 100-continue.")
        }
    }
}
