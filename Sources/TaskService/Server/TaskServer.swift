import HTTPTypes
public import Logging
import TaskEngine
import TaskStorage
public import UVCore
public import UVCrypto
import UVHTTP
import UVWebSocket

/// The server: its routes, its start and its end.
@LoopActor
public final class TaskServer {
    /// The version that is, or will be next, in the changelog.
    public nonisolated static let version = "0.1.0"

    let configuration: Configuration
    let log: Logger
    let loop = EventLoop.current
    let router = Router()
    let http: HTTPServer
    /// Nil for plain HTTP.
    let tls: TLSContext?
    let startedAt = ContinuousClock.now
    let eventLog: any EventLog
    let board: TaskBoard
    /// The task that was changed last, for its answer and its listeners.
    let text: TaskText
    let live: LiveEvents
    let queue: WorkQueue
    let refusals: RefusalLog
    /// What this server has changed, counted.
    let events = EventTally()
    let memory = MemoryManager()
    let loopStatistics = LoopStatistics()
    private(set) lazy var metrics = Metrics(of: self, memory, loopStatistics.delay)
    /// Nil where there is none.
    private(set) var metricsPort: MetricsPort?
    /// The pages that may use the server.
    let cors = CORS(
        methods: [.get, .head, .post, .put, .patch, .delete],
        accepts: [.authorization, .contentType, .ifMatch, .ifNoneMatch, .lastEventID, .requestID, .idempotencyKey],
        exposes: [.eTag, .link, .location, .retryAfter, .requestID, .idempotencyReplayed])
    /// Nil where no line would be written.
    let access: AccessLog?

    /// Unchecked for exclusive access: nothing is called while it changes.
    @exclusivity(unchecked) private var requestIDs = RequestID.Source()
    var stage = Stage.running
    /// Whether the store is being closed: then the loop ends.
    var isLeaving = false
    var stopOrders = StopOrders()
    /// What has started this process to serve beside others; nil for a server that is alone.
    var parent: ParentLink?

    /// - Parameter tls: Made of the configuration's ``Configuration/tls``.
    /// - Throws: ``LoopError`` if the store's thread cannot be had.
    public convenience init(_ configuration: Configuration, tls: TLSContext? = nil, log: Logger) throws(LoopError) {
        self.init(configuration, tls: tls, log: log, keepingEventsIn: try Self.makeLog(configuration))
    }

    init(
        _ configuration: Configuration, tls: TLSContext? = nil, log: Logger, keepingEventsIn eventLog: any EventLog
    ) {
        self.configuration = configuration
        self.tls = tls
        self.log = log
        refusals = RefusalLog(log)
        access = AccessLog(log, isWanted: configuration.logsRequests)
        self.eventLog = eventLog
        board = TaskBoard(eventLog)
        text = TaskText()
        live = LiveEvents(EventHistory(board, eventLog), text)
        queue = WorkQueue(board, configuration.queue, log)
        http = HTTPServer(tls: tls, router)
        http.allowsHalfOpen = true
        // A new client must not wait for a turn of all the others for each one before it.
        http.acceptsPerTurn = 16
        // The server's own pages are known when it listens.
        cors.origins = configuration.origins
        addRoutes()
        answerErrors()
        http.tally = RequestTally(router)
        if case .some = configuration.metricsPort { metricsPort = MetricsPort(metrics, refusals) }
        board.onEvent = { [live, queue, events] event, origin in
            if origin == .own { events.count(event) }
            queue.hear(event, from: origin)
            live.broadcast(event)
        }
    }

    /// Runs a server as a program of its own, or as one of the processes of a parent, until a signal ends it.
    ///
    /// - Returns: The code to exit with: 0, or 1 when the server could not be started.
    public nonisolated static func run(_ configuration: Configuration, log: Logger) -> Int32 {
        EventLoop.run { loop in
            let tls: TLSContext?
            let parent: ParentLink?
            var configuration = configuration
            do throws(ConfigurationError) {
                try setUpCrypto()
                try configuration.store.secure()
                tls = try configuration.makeTLS()
                parent = try configuration.makeParentLink()
            } catch {
                log.error("\(error.message)")
                return loop.exit(1)
            }
            let server = try TaskServer(configuration, tls: tls, log: log)
            server.parent = parent
            try server.start()
        }
    }

    private nonisolated static func setUpCrypto() throws(ConfigurationError) {
        do throws(CryptoError) {
            try Crypto.setUp()
        } catch {
            throw ConfigurationError(message: "Cannot use OpenSSL: \(error)")
        }
    }

    /// Opens the store, listens, and stops on signals. When the store or the address cannot be had, it says so and ends the
    /// loop with code 1.
    public func start() throws(LoopError) {
        guard mayListen() else { return loop.exit(1) }
        // One thread stays free for names and files, however many reports are made.
        loop.workers.size = max(1, WorkerPool.threadCount - 1)
        http.onError = { [self] error in
            log.error("Cannot listen on \(configuration.host):\(configuration.port): \(error.message)")
            leave(1)
        }
        listenForMetrics()
        let trouble = AcceptTrouble(log)
        http.onAcceptError = { trouble.tell($0) }
        try stopWhenTold()
        if let tls {
            try CertificateWatch(tls, log).start()
        } else {
            // What reloads a service need not know how it was started.
            try SignalWatcher(.user2) { [log] in log.info("SIGUSR2: there is no certificate to read anew") }
        }
        openStore { [self] in
            guard stage == .running else { return }
            if let parent { serve(for: parent) } else { serve() }
        }
    }

    private func listenForMetrics() {
        guard let metricsPort, let port = configuration.metricsPort else { return }
        metricsPort.listen(on: port) { [self] error in
            log.error("Cannot listen on 127.0.0.1:\(port) for the metrics: \(error.message)")
            leave(1)
        } _: { [log] address in
            log.info("Metrics at http://\(address)\(MetricsRoute.path)")
        }
    }

    private func serve() {
        http.listen(port: configuration.port, host: configuration.host) { [self] in
            if didListen() { loadTasks() }
        }
    }

    /// Listens when the tasks are there: until then other processes answer.
    private func serve(for parent: ParentLink) {
        loadTasks { [self] in
            guard stage == .running else { return }
            http.listen(descriptor: ParentLink.listeningDescriptor) { [self] in
                if didListen() { parent.tellReady() }
            }
        }
    }

    /// Whether the server may go on: where `localhost` leads to is known only now; no connection was accepted yet.
    private func didListen() -> Bool {
        guard let address = http.address, mayListen(on: address) else {
            leave(1)
            return false
        }
        cors.origins = origins(at: address)
        log.info("Listening on \(scheme)://\(address)")
        warnOfWeakAccess(on: address)
        return true
    }
}

// MARK: - Routes

extension TaskServer {
    private func addRoutes() {
        addGuards()
        router.onNotFound = { request, response in
            response.refuse(HTTPError(.notFound, "There is nothing at \(request.path)."))
        }
        router.onMethodNotAllowed = { request, response in
            let message = "\(request.method) is not for \(request.path); see Allow."
            response.refuse(HTTPError(.methodNotAllowed, message))
        }
        let gates = Gates(configuration.credentials, refusals, notesRoles: access != nil)
        for part in makeParts() { part.addRoutes(to: router, behind: gates) }
    }

    /// Begins an answer: what every one has, whether a route gives it or not.
    func begin(_ response: ServerResponse, to request: IncomingMessage?) {
        if let name = request.flatMap(givenName) {
            response.setHeader(.requestID, name)
            cors.prepare(response, to: request)
        } else {
            nameRequest(of: response)
            cors.admit(request, response)
        }
        goOn(with: response, to: request)
    }

    /// What the request calls itself, or else the trace that it belongs to.
    private func givenName(of request: IncomingMessage) -> String? {
        if let name = request.header(known: .requestID), RequestID.isAllowed(name) { return name }
        return TraceParent(of: request)?.text
    }

    /// Begins the answer to a request that has no name of its own and comes from no page.
    func begin(_ response: ServerResponse, toUsual request: IncomingMessage) {
        nameRequest(of: response)
        goOn(with: response, to: request)
    }

    private func goOn(with response: ServerResponse, to request: IncomingMessage?) {
        if configuration.demandsTLS { response.setHeader(.strictTransportSecurity, "max-age=31536000") }
        access?.watch(request, response)
    }

    /// Gives the request a name, which its answer begins with.
    private func nameRequest(of response: ServerResponse) {
        let id = requestIDs.next()
        response.number = RequestNumber(high: id.high, low: id.low)
        response.setHeaders(Self.firstFields, room: TaskID.textLength) { id.write(to: &$0) }
    }

    private static let firstFields = FieldTemplate(.requestID, ("", ""), CORS.variesByOrigin)
}

// MARK: - Errors

extension TaskServer {
    private static let bodyFields: Set<HTTPField.Name> = [
        .contentDisposition, .contentEncoding, .contentLength, .eTag, .link, .location, .transferEncoding,
    ]

    private func answerErrors() {
        http.onRefuse = { error, response in
            response.end(ErrorCode(status: error.status.code), error.message)
        }
        http.onClientError = { [self] error, response in
            begin(response, to: response.request)
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
        http.onHandshakeError = { [refusals] error, address in refusals.count(error, from: address) }
        http.onCheckExpectation = { [self] request, response in
            begin(response, to: request)
            response.end(.expectationFailed, "The only expectation that is met here is 100-continue.")
        }
    }
}
